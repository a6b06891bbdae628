use std::cell::Cell;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_postgres::Client;

use super::attempt::{Booty, Operation};
use crate::support::{Database, Server, body};

const SECRET_TITLE: &str = "What only Ann may read";

/// A server with users who have something, and strangers who want it.
pub(super) struct World {
    server: Server,
    database: Client,
    booty: Booty,
    /// How many strangers there were.
    strangers: Cell<u32>,
    _kept: (Database, TempDir),
}

impl World {
    pub(super) async fn new() -> Self {
        let (database, data) = (Database::migrated().await, tempfile::tempdir().unwrap());
        let variables = [("DATABASE_URL", database.url()), ("DATA_DIR", data.path().to_str().unwrap())];
        let server = Server::start(&variables).await;
        let connection = database.connect().await;
        for (user, role) in [("ann", "user"), ("bob", "user"), ("root", "admin")] {
            sign_in(&connection, user, role).await;
        }
        let by = |who: &str, method: &str, path: &str| {
            server.request(method, &format!("/api/v1{path}")).bearer_auth(token_of(who))
        };
        let task = by("ann", "POST", "/tasks").json(&json!({"title": SECRET_TITLE, "category": "home"}));
        let task = body(task.send().await.unwrap(), 201).await["id"].to_string();
        let share = by("ann", "PUT", &format!("/tasks/{task}/shares/bob")).json(&json!({"access": "view"}));
        body(share.send().await.unwrap(), 201).await;
        let role = by("root", "POST", "/roles").json(&json!({"name": "keeper", "permissions": ["task:*"]}));
        body(role.send().await.unwrap(), 201).await;
        let block = by("root", "POST", "/security/blocks").json(&json!({"network": "203.0.113.7"}));
        let block = body(block.send().await.unwrap(), 201).await["id"].to_string();
        let booty = Booty {
            user: "ann",
            sharee: "bob",
            email: "ann@example.com".to_owned(),
            session_id: "session-of-ann",
            session_token: "token-of-ann",
            account_id: "account-of-ann".to_owned(),
            task,
            role: "keeper",
            block,
        };
        Self { server, database: connection, booty, strangers: Cell::new(0), _kept: (database, data) }
    }

    pub(super) async fn document(&self) -> Value {
        body(self.server.get("/openapi.json").await, 200).await
    }

    /// The token of somebody who was never seen before.
    pub(super) async fn new_stranger(&self) -> String {
        let number = self.strangers.get() + 1;
        self.strangers.set(number);
        let name = format!("stranger-{number}");
        sign_in(&self.database, &name, "user").await;
        token_of(&name)
    }

    /// Status and body of the answer to an operation on what is Ann's.
    pub(super) async fn attempt(&self, operation: &Operation, token: Option<&String>) -> (u16, String) {
        let mut request = self.server.request(&operation.method, &operation.url(&self.booty));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = operation.body(&self.booty) {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Whether a text tells what only others may know.
    pub(super) fn is_of_others(&self, text: &str) -> bool {
        [SECRET_TITLE, self.booty.session_token].iter().any(|secret| text.contains(secret))
    }

    /// Every row of every table, but for what is a stranger's, the logs of what happened, and the queue of jobs, which empties
    /// itself.
    pub(super) async fn snapshot(&self) -> Vec<String> {
        let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' \
            AND tablename NOT IN ('audit_records', 'audit_head', 'auth_changes', 'jobs') ORDER BY 1";
        let mut rows = Vec::new();
        for table in self.database.query(tables, &[]).await.unwrap() {
            let table: String = table.get(0);
            let sql = format!("SELECT t::text FROM {table} AS t WHERE t::text !~ 'stranger-' ORDER BY 1");
            let found = self.database.query(&sql, &[]).await.unwrap();
            rows.extend(found.iter().map(|row| format!("{table}: {}", row.get::<_, String>(0))));
        }
        rows
    }
}

/// A user with a session and an account, as if they had signed in a moment ago.
async fn sign_in(database: &Client, user: &str, role: &str) {
    let sql = format!(
        "INSERT INTO users (id, name, email, email_verified, role) VALUES ('{user}', '{user}', '{user}@example.com', true, '{role}');
         INSERT INTO sessions (id, token, user_id, expires_at, updated_at)
         VALUES ('session-of-{user}', '{}', '{user}', now() + interval '1 hour', now());
         INSERT INTO accounts (id, account_id, provider_id, user_id, updated_at)
         VALUES ('account-of-{user}', 'ours', 'github', '{user}', now());",
        token_of(user)
    );
    database.batch_execute(&sql).await.unwrap();
}

fn token_of(user: &str) -> String {
    format!("token-of-{user}")
}
