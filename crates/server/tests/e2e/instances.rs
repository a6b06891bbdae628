//! Several servers on one database.

use std::time::Duration;

use serde_json::{Value, json};

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

#[tokio::test]
async fn a_role_that_changes_at_one_server_counts_there_at_once_and_soon_at_the_other() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let key_set = issuer.key_set_url();
    let variables = [("DATABASE_URL", database.url()), ("JWKS_URL", key_set.as_str())];
    let (one, other) = tokio::join!(Server::start(&variables), Server::start(&variables));
    let send = async |server: &Server, user: &str, method: &str, path: &str, json: Option<Value>| {
        let request = server.request(method, path).bearer_auth(issuer.token(user));
        let request = if let Some(json) = json { request.json(&json) } else { request };
        request.send().await.unwrap()
    };
    let status =
        async |server: &Server, user: &str, path: &str| send(server, user, "GET", path, None).await.status().as_u16();
    let until = async |server: &Server, user: &str, path: &str, expected: u16| {
        for _ in 0..500 {
            if status(server, user, path).await == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{user} never gets {expected} for {path}");
    };

    for user in ["ann", "root"] {
        assert_eq!(status(&one, user, "/api/auth/me").await, 200);
    }
    let roles = "UPDATE users SET role = CASE id WHEN 'root' THEN 'admin' ELSE 'user,support' END";
    database.connect().await.batch_execute(roles).await.unwrap();
    until(&one, "root", "/api/roles", 200).await;

    let path = "/api/users/bob/tasks";
    let role = json!({"name": "support", "permissions": ["audit:read"]});
    body(send(&one, "root", "POST", "/api/roles", Some(role)).await, 201).await;
    assert_eq!((status(&one, "ann", path).await, status(&other, "ann", path).await), (403, 403));
    let more = json!({"permissions": ["task:*"]});
    body(send(&one, "root", "PUT", "/api/roles/support", Some(more)).await, 200).await;
    assert_eq!(status(&one, "ann", path).await, 200);
    until(&other, "ann", path, 200).await;
    let me = body(send(&other, "ann", "GET", "/api/auth/me", None).await, 200).await;
    assert_eq!(
        (&me["roles"], &me["permissions"]),
        (&json!(["user", "support"]), &json!(["task:read-any", "task:write-any"]))
    );

    let held = body(send(&other, "root", "DELETE", "/api/roles/support", None).await, 409).await;
    assert_eq!((&held["code"], &held["detail"]), (&json!("role_in_use"), &json!("users hold it: `ann`")));
    let less = json!({"permissions": []});
    body(send(&other, "root", "PUT", "/api/roles/support", Some(less)).await, 200).await;
    assert_eq!(status(&other, "ann", path).await, 403);
    until(&one, "ann", path, 403).await;
}
