//! What is done leaves a record, and what is done to records is found. Who guesses passwords is shut out.

use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::support::{Database, Server, body, hexado};

const PASSWORD: &str = "correct horse battery";

/// A server with an admin, and their token.
async fn start(database: &Database, more: &[(&str, &str)]) -> (Server, String) {
    let admin = [("DATABASE_URL", database.url()), ("ADMIN_EMAIL", "root@example.com"), ("ADMIN_PASSWORD", PASSWORD)];
    let server = Server::start(&[&admin[..], more].concat()).await;
    let session = body(log_in(&server, "root@example.com", PASSWORD).await, 200).await;
    (server, session["token"].as_str().unwrap().to_owned())
}

async fn log_in(server: &Server, email: &str, password: &str) -> Response {
    let credentials = json!({"email": email, "password": password});
    server.request("POST", "/api/v1/auth/login").json(&credentials).send().await.unwrap()
}

async fn get(server: &Server, token: &str, path: &str) -> Value {
    body(server.request("GET", path).bearer_auth(token).send().await.unwrap(), 200).await
}

/// Waits until every record has its place in the chain, and verifies it.
async fn verified(server: &Server, token: &str) -> Value {
    for _ in 0..1000 {
        let records = get(server, token, "/api/v1/audit?limit=100").await;
        if records.as_array().unwrap().iter().all(|record| record["chain"].is_object()) {
            return get(server, token, "/api/v1/audit/verify").await;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("some record never gets its place");
}

#[tokio::test]
async fn what_is_done_leaves_records_and_altering_one_is_found() {
    let database = Database::migrated().await;
    let url = ("DATABASE_URL", database.url());
    let (server, token) = start(&database, &[]).await;
    let role = json!({"name": "support", "permissions": ["task:read-any"]});
    let created = server.request("POST", "/api/v1/roles").bearer_auth(&token).header("x-request-id", "the-request");
    body(created.json(&role).send().await.unwrap(), 201).await;
    assert_eq!(log_in(&server, "root@example.com", "not the password").await.status().as_u16(), 401);

    assert_eq!(verified(&server, &token).await["intact"], true);
    let records = get(&server, &token, "/api/v1/audit").await;
    let actions: Vec<_> = records.as_array().unwrap().iter().map(|record| record["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["role_created", "signed_in", "user_created"], "strangers leave no record");
    let made = &records[0];
    assert_eq!((&made["target"]["kind"], &made["target"]["id"]), (&json!("role"), &json!("support")));
    assert_eq!((&made["after"]["permissions"], &made["before"]), (&json!("task:read-any"), &Value::Null));
    assert_eq!((&made["ip_address"], &made["request_id"]), (&json!("127.0.0.1"), &json!("the-request")));
    assert!(!records.to_string().contains(PASSWORD));

    let intact = hexado(&["audit", "verify"], &[url]);
    assert_eq!(intact.code, Some(0), "{intact:?}");
    assert!(intact.stdout.starts_with("the audit log is intact up to 3:"), "{intact:?}");

    let alter =
        "ALTER TABLE audit_records DISABLE TRIGGER USER; UPDATE audit_records SET actor = 'eve' WHERE number = 2";
    database.connect().await.batch_execute(alter).await.unwrap();
    let found = get(&server, &token, "/api/v1/audit/verify").await;
    assert_eq!((&found["intact"], &found["head"]["number"]), (&json!(false), &json!(1)));
    let broken = hexado(&["audit", "verify"], &[url]);
    assert_eq!(broken.code, Some(1), "{broken:?}");
    assert!(broken.stderr.contains("record 2 of the chain"), "{broken:?}");
}

#[tokio::test]
async fn who_guesses_passwords_is_shut_out_on_every_instance() {
    let database = Database::migrated().await;
    let (server, token) = start(&database, &[("IP_BLOCKING", "on")]).await;
    let other = Server::start(&[("DATABASE_URL", database.url())]).await;
    let mut statuses = Vec::new();
    for _ in 0..20 {
        statuses.push(log_in(&server, "root@example.com", "not the password").await.status().as_u16());
    }
    assert_eq!(statuses, [401; 20]);
    let refused = body(log_in(&server, "root@example.com", PASSWORD).await, 403).await;
    assert_eq!(refused["code"], "address_blocked");
    assert_eq!(server.get("/health/live").await.status().as_u16(), 200);

    let mut elsewhere = 200;
    for _ in 0..250 {
        elsewhere = other.request("GET", "/api/v1/auth/me").bearer_auth(&token).send().await.unwrap().status().as_u16();
        if elsewhere == 403 {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(elsewhere, 403);
    let blocks = "SELECT count(*) FROM audit_records WHERE action = 'address_blocked' AND actor IS NULL";
    assert_eq!(database.connect().await.query_one(blocks, &[]).await.unwrap().get::<_, i64>(0), 1);
}
