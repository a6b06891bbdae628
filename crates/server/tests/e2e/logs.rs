//! What is logged, where, and what never is.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Database, Issuer, SECRET, Server, body, claims};

#[tokio::test]
async fn a_json_line_tells_method_route_status_duration_and_user() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let key_set = issuer.key_set_url();
    let variables = [("DATABASE_URL", database.url()), ("JWKS_URL", key_set.as_str()), ("LOG_FORMAT", "json")];
    let server = Server::start(&variables).await;
    let request = server.request("GET", "/api/tasks/7?q=hush").bearer_auth(issuer.token("ann"));
    body(request.header("X-Request-Id", "the-request-id").send().await.unwrap(), 404).await;
    server.wait_for_log("the-request-id").await;

    let line = lines(&server.log()).into_iter().find(|line| line["request_id"] == "the-request-id").unwrap();
    assert_eq!(line["target"], "hexado_web::access");
    assert_eq!((&line["level"], &line["method"], &line["status"]), (&json!("INFO"), &json!("GET"), &json!(404)));
    assert_eq!((&line["route"], &line["user"]), (&json!("/api/v1/tasks/{id}"), &json!("ann")));
    assert!(line["duration_ms"].is_number() && line["timestamp"].is_string(), "{line}");
    server.stop().await;
}

#[tokio::test]
async fn one_line_at_start_tells_what_runs_where() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let key_set = issuer.key_set_url();
    let variables = [("DATABASE_URL", database.url()), ("JWKS_URL", key_set.as_str()), ("LOG_FORMAT", "json")];
    let server = Server::start(&variables).await;
    let line = lines(&server.log()).into_iter().find(|line| line.get("version").is_some()).unwrap();
    let address = format!("http://localhost:{}", server.port);
    assert_eq!((&line["version"], &line["environment"]), (&json!(env!("CARGO_PKG_VERSION")), &json!("development")));
    assert_eq!((&line["public_url"], &line["docs"]), (&json!(address), &json!(format!("{address}/docs"))));
    assert!(line["address"].as_str().unwrap().contains(&format!("127.0.0.1:{}", server.port)), "{line}");
    assert!(line["database"].as_str().unwrap().contains("127.0.0.1"), "{line}");
}

#[tokio::test]
async fn a_file_gets_the_same_lines_and_is_named_by_the_date() {
    let database = Database::migrated().await;
    let server =
        Server::start(&[("DATABASE_URL", database.url()), ("LOG_FILE", "logs/hexado.log"), ("LOG_FORMAT", "json")])
            .await;
    let logs = server.folder().join("logs");
    server.signal("TERM");
    let mut server = server;
    assert!(server.wait().await.success());

    let mut names: Vec<_> =
        fs::read_dir(&logs).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    // Two if midnight (UTC) came in between.
    assert!(matches!(names.len(), 1 | 2) && names.iter().all(|name| name.starts_with("hexado.log.20")), "{names:?}");
    names.sort();
    let files: String = names.iter().map(|name| fs::read_to_string(logs.join(name)).unwrap()).collect();
    let [in_files, on_stdout] = [files, server.log()].map(|log| {
        let without_time = |mut line: Value| {
            // Each of the two takes its own.
            line["timestamp"].take();
            line
        };
        lines(&log).into_iter().map(without_time).collect::<Vec<_>>()
    });
    assert!(!in_files.is_empty());
    assert_eq!(in_files, on_stdout);
}

#[tokio::test]
async fn no_log_holds_a_token_or_a_secret_however_much_is_logged() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let key_set = issuer.key_set_url();
    let server = Server::start(&[
        ("DATABASE_URL", database.url()),
        ("JWKS_URL", &key_set),
        ("JWT_HS256", "on"),
        ("BETTER_AUTH_SECRET", SECRET),
        ("RUST_LOG", "trace"),
        ("DEBUG", "on"),
        ("LOG_FILE", "hexado.log"),
        ("LOG_ROTATION", "never"),
    ])
    .await;
    let own = hexado_crypto::sign_hs256(&SECRET.into(), &claims("bob", &format!("http://localhost:{}", server.port)));
    let tokens = [issuer.token("ann"), own, Issuer::start().token("eve")];
    for (token, statuses) in tokens.iter().zip([[201, 200], [201, 200], [401, 401]]) {
        let create = server.request("POST", "/api/tasks").bearer_auth(token).json(&json!({"title": "The quiet part"}));
        body(create.send().await.unwrap(), statuses[0]).await;
        body(server.request("GET", "/api/tasks").bearer_auth(token).send().await.unwrap(), statuses[1]).await;
    }
    let mut server = server;
    server.signal("TERM");
    assert!(server.wait().await.success());

    let log = server.log() + &fs::read_to_string(server.folder().join("hexado.log")).unwrap();
    assert!(log.contains("TRACE"), "{log}");
    let password = database.url().split([':', '@']).nth(2).unwrap();
    assert!(password.len() >= 16, "the database has a password that can be looked for");
    let signatures = tokens.iter().map(|token| token.rsplit('.').next().unwrap());
    for secret in signatures.chain([SECRET, password, "The quiet part"]) {
        // As text, and as bytes, which is how the database's driver would tell what it sends.
        let bytes = format!("{:?}", secret.as_bytes());
        for form in [secret, bytes.trim_matches(['[', ']'])] {
            let line = log.lines().find(|line| line.contains(form));
            assert_eq!(line, None, "a secret is logged");
        }
    }
}

fn lines(log: &str) -> Vec<Value> {
    log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"))).collect()
}
