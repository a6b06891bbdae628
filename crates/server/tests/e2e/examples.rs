//! The OpenAPI document keeps its word.

use std::cell::Cell;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio_postgres::Client;

use crate::support::{Database, Server, body, free_port, hexado};

/// With whom the examples' tasks are shared.
const FRIEND: &str = "friend";

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

#[tokio::test]
async fn every_example_of_the_document_succeeds_as_documented() {
    let (database, data) = (Database::migrated().await, tempfile::tempdir().unwrap());
    let port = free_port().to_string();
    let variables =
        [("DATABASE_URL", database.url()), ("DATA_DIR", data.path().to_str().unwrap()), ("PORT", port.as_str())];
    let server = Server::start(&variables).await;
    let document = body(server.get("/openapi.json").await, 200).await;
    let token = hexado(&["token"], &variables).stdout.trim().to_owned();
    let friend = hexado(&["token", "--sub", FRIEND], &variables).stdout.trim().to_owned();
    // A user is made when their token is first used.
    body(server.request("GET", "/api/v1/tasks").bearer_auth(friend).send().await.unwrap(), 200).await;
    let caller = Caller { server: &server, database: database.connect().await, token, made: Cell::new(0) };
    caller.become_admin().await;
    let mut failures = Vec::new();
    let mut executed = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in METHODS.iter().filter_map(|method| Some((*method, item.get(method)?))) {
            if is_of_identity(operation) {
                continue;
            }
            let base = base(&[operation, item, &document]);
            for attempt in attempts(operation) {
                executed += 1;
                let status = caller.execute(method, &format!("{base}{path}"), &attempt).await;
                if !succeeds(operation, status) {
                    failures.push(format!("{method} {path} with {attempt:?}: {status}"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
    assert!(executed >= 20, "only {executed} examples");
}

/// Signing out or deleting an account would end the requests that follow.
fn is_of_identity(operation: &Value) -> bool {
    ["auth", "better-auth"].contains(&operation["tags"][0].as_str().unwrap_or_default())
}

/// One request that the document describes.
#[derive(Clone, Debug, Default)]
struct Attempt {
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Option<(String, Value)>,
}

/// Nothing that is optional; each optional parameter by itself; all parameters of the query; each body.
fn attempts(operation: &Value) -> Vec<Attempt> {
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    let given = |place: &str| -> Vec<(String, String)> {
        let here = parameters.iter().filter(|parameter| parameter["in"] == place);
        here.flat_map(|parameter| examples(parameter).into_iter().map(|value| (text(&parameter["name"]), text(&value))))
            .collect()
    };
    let (query, headers) = (given("query"), given("header"));
    let mut bodies: Vec<_> = contents(operation)
        .flat_map(|(kind, content)| examples(content).into_iter().map(move |value| Some((kind.clone(), value))))
        .collect();
    if operation["requestBody"]["required"] != json!(true) {
        bodies.push(None);
    }
    let simplest = Attempt { body: bodies[0].clone(), ..Attempt::default() };
    let mut attempts: Vec<_> = bodies.into_iter().map(|body| Attempt { body, ..Attempt::default() }).collect();
    attempts.extend(query.iter().map(|pair| Attempt { query: vec![pair.clone()], ..simplest.clone() }));
    attempts.extend(headers.iter().map(|pair| Attempt { headers: vec![pair.clone()], ..simplest.clone() }));
    if query.len() > 1 {
        attempts.push(Attempt { query, ..simplest });
    }
    attempts
}

fn contents(operation: &Value) -> impl Iterator<Item = (&String, &Value)> {
    operation["requestBody"]["content"].as_object().into_iter().flat_map(Map::iter)
}

/// `example`, or the values of `examples`.
fn examples(described: &Value) -> Vec<Value> {
    let several =
        described["examples"].as_object().into_iter().flat_map(Map::values).map(|example| example["value"].clone());
    described.get("example").cloned().into_iter().chain(several).collect()
}

/// The first server that the operation, its path, or the document names.
fn base(described: &[&Value]) -> String {
    let servers = described.iter().find_map(|described| described["servers"][0]["url"].as_str());
    servers.unwrap_or_default().trim_end_matches('/').to_owned()
}

/// Whether `status` is a documented one, and no refusal.
fn succeeds(operation: &Value, status: u16) -> bool {
    status < 400 && operation["responses"].get(status.to_string()).is_some()
}

struct Caller<'a> {
    server: &'a Server,
    database: Client,
    token: String,
    /// How many roles and users were made.
    made: Cell<u32>,
}

impl Caller<'_> {
    /// Some routes are not for everybody.
    async fn become_admin(&self) {
        let ask = async |path: &str| self.server.request("GET", path).bearer_auth(&self.token).send().await.unwrap();
        body(ask("/api/v1/auth/me").await, 200).await;
        self.database.batch_execute("UPDATE users SET role = 'admin'").await.unwrap();
        for _ in 0..500 {
            if ask("/api/v1/roles").await.status() == 200 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("a new role is never heard of");
    }

    async fn execute(&self, method: &str, path: &str, attempt: &Attempt) -> u16 {
        let is_about_users = path.ends_with("{user_id}") || path.ends_with("/ban") || path.ends_with("/role");
        let user = if is_about_users { self.new_user().await } else { "me".to_owned() };
        let path = path.replace("{user_id}", &user);
        let path = if path.contains("{id}") { path.replace("{id}", &self.new_task().await) } else { path };
        let path = if path.contains("{sharee_id}") { self.shared(&path).await } else { path };
        let path = if path.contains("{name}") { path.replace("{name}", &self.new_role().await) } else { path };
        let path = if path.contains("{block_id}") { path.replace("{block_id}", &self.new_block().await) } else { path };
        assert!(!path.contains('{'), "{path}: what is this parameter?");
        let mut request =
            self.server.request(&method.to_uppercase(), &path).bearer_auth(&self.token).query(&attempt.query);
        for (name, value) in &attempt.headers {
            // Each key once: another request with the same one is refused.
            let value = if name == "Idempotency-Key" { format!("{value}{method}{path}") } else { value.clone() };
            request = request.header(name, value);
        }
        let request = match &attempt.body {
            Some((kind, value)) if kind.contains("form") => request.form(value),
            Some((kind, value)) => request.header("Content-Type", kind).body(value.to_string()),
            None => request,
        };
        request.send().await.unwrap().status().as_u16()
    }

    /// The path of a share that is there.
    async fn shared(&self, path: &str) -> String {
        let path = path.replace("{sharee_id}", FRIEND);
        let request = self.server.request("PUT", &path).bearer_auth(&self.token);
        body(request.json(&json!({"access": "view"})).send().await.unwrap(), 201).await;
        path
    }

    /// The name of a role that no other attempt knows.
    async fn new_role(&self) -> String {
        let name = self.new_name();
        let request = self.server.request("POST", "/api/v1/roles").bearer_auth(&self.token);
        body(request.json(&json!({"name": name, "permissions": ["task:*"]})).send().await.unwrap(), 201).await;
        name
    }

    /// The id of a user whom no other attempt knows.
    async fn new_user(&self) -> String {
        let id = self.new_name();
        let sql = "INSERT INTO users (id, name, email) VALUES ($1, $1, $1 || '@example.net')";
        self.database.execute(sql, &[&id]).await.unwrap();
        id
    }

    fn new_name(&self) -> String {
        self.made.set(self.made.get() + 1);
        format!("example-{}", self.made.get())
    }

    /// The id of a block that no other attempt knows.
    async fn new_block(&self) -> String {
        let request = self.server.request("POST", "/api/v1/security/blocks").bearer_auth(&self.token);
        body(request.json(&json!({"network": "203.0.113.7"})).send().await.unwrap(), 201).await["id"].to_string()
    }

    /// The id of a task that no other attempt knows.
    async fn new_task(&self) -> String {
        let request = self.server.request("POST", "/api/v1/tasks").bearer_auth(&self.token);
        body(request.json(&json!({"title": "An example"})).send().await.unwrap(), 201).await["id"].to_string()
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
