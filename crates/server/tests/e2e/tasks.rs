//! Who is accepted, and whose tasks they reach.

use serde_json::{Value, json};

use crate::support::{Database, Issuer, SECRET, Server, body, claims};

#[tokio::test]
async fn a_token_of_a_published_key_creates_lists_changes_and_deletes_tasks() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let server = Server::start(&[("DATABASE_URL", database.url()), ("JWKS_URL", &issuer.key_set_url())]).await;
    walk_through(&server, &issuer.token("ann")).await;
}

#[tokio::test]
async fn an_hs256_token_creates_lists_changes_and_deletes_tasks() {
    let database = Database::migrated().await;
    let server = Server::start(&[
        ("DATABASE_URL", database.url()),
        ("JWT_HS256", "on"),
        ("BETTER_AUTH_SECRET", SECRET),
        ("PUBLIC_URL", "https://api.example.com"),
    ])
    .await;
    let token = hexado_crypto::sign_hs256(&SECRET.into(), &claims("ann", "https://api.example.com"));
    walk_through(&server, &token).await;
}

#[tokio::test]
async fn tokens_of_other_keys_issuers_and_secrets_are_refused() {
    let (database, issuer, stranger) = (Database::migrated().await, Issuer::start(), Issuer::start());
    let server = Server::start(&[
        ("DATABASE_URL", database.url()),
        ("JWKS_URL", &issuer.key_set_url()),
        ("JWT_HS256", "on"),
        ("BETTER_AUTH_SECRET", SECRET),
    ])
    .await;
    let hs256 = |secret: &str, origin: &str| hexado_crypto::sign_hs256(&secret.into(), &claims("ann", origin));
    let own_origin = format!("http://localhost:{}", server.port);
    let good = [issuer.token("ann"), hs256(SECRET, &own_origin)];
    let bad =
        [stranger.token("ann"), hs256(&SECRET.to_lowercase(), &own_origin), hs256(SECRET, "https://elsewhere.example")];
    for (tokens, status) in [(good.as_slice(), 200), (bad.as_slice(), 401)] {
        for token in tokens {
            body(server.request("GET", "/api/tasks").bearer_auth(token).send().await.unwrap(), status).await;
        }
    }
    body(server.get("/api/tasks").await, 401).await;
}

#[tokio::test]
async fn another_users_task_is_not_found_on_every_single_task_route() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let server = Server::start(&[("DATABASE_URL", database.url()), ("JWKS_URL", &issuer.key_set_url())]).await;
    let task = create(&server, &issuer.token("ann"), "Mine").await;

    let document = body(server.get("/openapi.json").await, 200).await;
    let mut routes = 0;
    for (path, operations) in
        document["paths"].as_object().unwrap().iter().filter(|(path, _)| path.contains("/tasks/{id}"))
    {
        for method in ["get", "put", "patch", "delete"].into_iter().filter(|method| operations.get(method).is_some()) {
            let names = [("{id}", &*task["id"].to_string()), ("{user_id}", "me"), ("{sharee_id}", "cid")];
            let path = names.iter().fold(path.clone(), |path, (name, value)| path.replace(name, value));
            let request =
                server.request(&method.to_uppercase(), &format!("/api/v1{path}")).bearer_auth(issuer.token("bob"));
            let sent = if method == "put" || method == "patch" { request.json(&change(&path)) } else { request };
            let refusal = body(sent.send().await.unwrap(), 404).await;
            assert_eq!(refusal["code"], "task_not_found", "{method} {path}");
            routes += 1;
        }
    }
    assert!(routes >= 16, "only {routes} routes of a single task");

    let unchanged = get(&server, &issuer.token("ann"), &task["id"]).await;
    assert_eq!(unchanged, task);
}

#[tokio::test]
async fn a_shared_task_is_found_listed_and_completed_until_it_is_no_longer_shared() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let server = Server::start(&[("DATABASE_URL", database.url()), ("JWKS_URL", &issuer.key_set_url())]).await;
    let send = async |user: &str, method: &str, path: &str, sent: Option<Value>, status: u16| {
        let request = server.request(method, path).bearer_auth(issuer.token(user));
        let request = if let Some(sent) = sent { request.json(&sent) } else { request };
        body(request.send().await.unwrap(), status).await
    };
    assert_eq!(send("bob", "GET", "/api/tasks?shared=true", None, 200).await, json!([]));
    let task = create(&server, &issuer.token("ann"), "Ours").await;
    let path = format!("/api/tasks/{}", task["id"]);
    let (share, complete) = (format!("{path}/shares/bob"), format!("{path}/complete"));

    send("ann", "PUT", &share, Some(json!({"access": "view"})), 201).await;
    assert_eq!(send("bob", "GET", &path, None, 200).await, task);
    assert_eq!(send("bob", "GET", "/api/tasks?shared=true&count=true", None, 200).await, json!([task]));
    assert_eq!(send("bob", "GET", "/api/tasks", None, 200).await, json!([]));
    let refusal = send("bob", "PATCH", &complete, None, 403).await;
    assert_eq!(refusal["code"], "access_missing");

    send("ann", "PUT", &share, Some(json!({"access": "edit"})), 200).await;
    assert_eq!(send("bob", "PATCH", &complete, None, 200).await["completed"], true);
    assert_eq!(send("ann", "GET", &path, None, 200).await["completed"], true);
    send("bob", "DELETE", &path, None, 403).await;

    send("bob", "DELETE", &format!("{path}/shares/me"), None, 200).await;
    send("bob", "GET", &path, None, 404).await;
    assert_eq!(send("ann", "GET", &format!("{path}/shares"), None, 200).await, json!([]));
    send("ann", "DELETE", &path, None, 200).await;
}

#[tokio::test]
async fn another_users_list_is_forbidden_and_ones_own_does_not_show_their_tasks() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let server = Server::start(&[("DATABASE_URL", database.url()), ("JWKS_URL", &issuer.key_set_url())]).await;
    create(&server, &issuer.token("ann"), "Mine").await;
    let list = async |path: &str, status| {
        body(server.request("GET", path).bearer_auth(issuer.token("bob")).send().await.unwrap(), status).await
    };
    assert_eq!(list("/api/v1/tasks", 200).await, json!([]));
    assert_eq!(list("/api/v1/users/me/tasks", 200).await, json!([]));
    assert_eq!(list("/api/v1/users/ann/tasks", 403).await["code"], "user_mismatch");
}

#[tokio::test]
async fn a_token_in_a_cookie_changes_something_only_for_a_trusted_page() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let server = Server::start(&[
        ("DATABASE_URL", database.url()),
        ("JWKS_URL", &issuer.key_set_url()),
        ("TRUSTED_ORIGINS", "https://admin.example.com"),
    ])
    .await;
    let send = async |method: &str, origin: &str, status: u16| {
        let request =
            server.request(method, "/api/tasks").header("Cookie", format!("access_token={}", issuer.token("ann")));
        let request = request.header("Origin", origin).json(&json!({"title": "Buy milk"}));
        body(request.send().await.unwrap(), status).await
    };
    send("POST", "https://admin.example.com", 201).await;
    send("POST", &format!("http://127.0.0.1:{}", server.port), 201).await;
    assert_eq!(send("POST", "https://evil.example.com", 403).await["code"], "csrf_origin");
    assert_eq!(send("GET", "https://evil.example.com", 200).await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_user_may_send_as_many_requests_as_configured() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let key_set = issuer.key_set_url();
    let variables = [("DATABASE_URL", database.url()), ("JWKS_URL", key_set.as_str()), ("RATE_LIMIT_PER_MINUTE", "2")];
    let server = Server::start(&variables).await;
    let list =
        async |user: &str| server.request("GET", "/api/tasks").bearer_auth(issuer.token(user)).send().await.unwrap();
    for _ in 0..2 {
        body(list("ann").await, 200).await;
    }
    let refused = list("ann").await;
    assert!(refused.headers().contains_key("retry-after"), "{refused:?}");
    assert_eq!(body(refused, 429).await["code"], "rate_limited");
    body(list("bob").await, 200).await;
}

/// What a front end does with tasks.
async fn walk_through(server: &Server, token: &str) {
    let task = create(server, token, "Buy milk").await;
    assert_eq!((&task["title"], &task["completed"], &task["version"]), (&json!("Buy milk"), &json!(false), &json!(1)));
    let path = format!("/api/tasks/{}", task["id"]);
    let send = async |method: &str, path: &str, sent: Value| {
        body(server.request(method, path).bearer_auth(token).json(&sent).send().await.unwrap(), 200).await
    };
    assert_eq!(get(server, token, &task["id"]).await, task);

    let replaced = send("PUT", &path, json!({"title": "Buy oat milk", "priority": "high"})).await;
    assert_eq!((&replaced["title"], &replaced["priority"]), (&json!("Buy oat milk"), &json!(3)));
    let patched = send("PATCH", &path, json!({"priority": null})).await;
    assert_eq!(patched["priority"], Value::Null);
    let completed = send("PATCH", &format!("{path}/complete"), json!({"completed": true})).await;
    assert_eq!((&completed["status"], &completed["version"]), (&json!("completed"), &json!(4)));

    let list =
        async || body(server.request("GET", "/api/v1/tasks").bearer_auth(token).send().await.unwrap(), 200).await;
    assert_eq!(list().await, json!([completed]));
    body(server.request("DELETE", &path).bearer_auth(token).send().await.unwrap(), 200).await;
    assert_eq!(list().await, json!([]));
    body(server.request("DELETE", &path).bearer_auth(token).send().await.unwrap(), 404).await;
}

async fn create(server: &Server, token: &str, title: &str) -> Value {
    let request = server.request("POST", "/api/v1/tasks").bearer_auth(token).json(&json!({"title": title}));
    body(request.send().await.unwrap(), 201).await
}

async fn get(server: &Server, token: &str, id: &Value) -> Value {
    body(server.request("GET", &format!("/api/v1/tasks/{id}")).bearer_auth(token).send().await.unwrap(), 200).await
}

/// A body that the route would accept from the owner.
fn change(path: &str) -> Value {
    match path.rsplit('/').nth(1) {
        Some("shares") => json!({"access": "edit"}),
        _ if path.ends_with("/complete") => json!({"completed": true}),
        _ => json!({"title": "Yours"}),
    }
}
