//! Several servers on one database.

use serde_json::json;

use crate::support::{Database, Issuer, Server, body};

#[tokio::test]
async fn two_servers_on_one_database_are_one_service() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let (key_set, token) = (issuer.key_set_url(), issuer.token("ann"));
    let variables = [("DATABASE_URL", database.url()), ("JWKS_URL", key_set.as_str())];
    let (one, other) = tokio::join!(Server::start(&variables), Server::start(&variables));

    let create = async |server: &Server| {
        let request = server.request("POST", "/api/tasks").bearer_auth(&token).header("Idempotency-Key", "buy-milk");
        request.json(&json!({"title": "Buy milk"})).send().await.unwrap()
    };
    let made = body(create(&one).await, 201).await;
    let again = create(&other).await;
    assert_eq!(again.headers().get("idempotency-replayed").unwrap(), "true");
    assert_eq!(body(again, 201).await, made);

    let path = format!("/api/tasks/{}", made["id"]);
    let change = async |server: &Server, title: &str, status| {
        let request = server.request("PATCH", &path).bearer_auth(&token).header("If-Match", r#""1""#);
        body(request.json(&json!({"title": title})).send().await.unwrap(), status).await
    };
    let changed = change(&other, "Buy oat milk", 200).await;
    assert_eq!(change(&one, "Buy tea", 412).await["code"], "version_mismatch");
    assert_eq!(body(one.request("GET", &path).bearer_auth(&token).send().await.unwrap(), 200).await, changed);
}

#[tokio::test]
async fn several_servers_that_start_at_once_on_an_empty_database_all_serve() {
    let (database, issuer) = (Database::empty().await, Issuer::start());
    let key_set = issuer.key_set_url();
    let variables = [("DATABASE_URL", database.url()), ("JWKS_URL", key_set.as_str()), ("WORKERS", "1")];
    let mut servers = [(); 4].map(|()| Server::launch(&variables));
    for server in &mut servers {
        server.wait_until_ready().await;
        let request = server.request("POST", "/api/tasks").bearer_auth(issuer.token("ann"));
        body(request.json(&json!({"title": "Buy milk"})).send().await.unwrap(), 201).await;
    }
    let count = database.connect().await.query_one("SELECT count(*) FROM tasks", &[]).await.unwrap();
    assert_eq!(count.get::<_, i64>(0), 4);
}
