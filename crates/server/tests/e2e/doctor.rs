//! What `hexado doctor` says about faults that are there.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread;

use hexado_devdb::testing::PrivateCluster;
use serde_json::Value;

use crate::support::{Database, Issuer, SECRET, Server, free_port, hexado};

/// What the doctor says, line by line, and the exit code.
fn doctor(variables: &[(&str, &str)]) -> (Option<i32>, Vec<String>) {
    let port = free_port().to_string();
    let variables = [&[("PORT", port.as_str())], variables].concat();
    let output = hexado(&["doctor"], &variables);
    assert!(!output.stdout.contains("hunter2") && !output.stderr.contains("hunter2"), "{output:?}");
    (output.code, output.stdout.lines().map(str::to_owned).collect())
}

/// Fails unless there is one line that begins so, and it says so.
#[track_caller]
fn assert_says(lines: &[String], begin: &str, part: &str) {
    let found: Vec<_> = lines.iter().filter(|line| line.starts_with(begin) && line.contains(part)).collect();
    assert_eq!(found.len(), 1, "`{begin} … {part}` in {lines:#?}");
}

#[tokio::test]
async fn a_good_configuration_has_no_fault() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let (code, lines) = doctor(&[
        ("DATABASE_URL", database.url()),
        ("DATABASE_DIRECT_URL", database.url()),
        ("DATABASE_POOL_SIZE", "2"),
        ("WORKERS", "1"),
        ("JWKS_URL", &issuer.key_set_url()),
    ]);
    assert_eq!(code, Some(0), "{lines:#?}");
    assert!(lines.iter().all(|line| line.starts_with("ok ")), "{lines:#?}");
    assert_says(&lines, "ok    DATABASE_URL ", "is PostgreSQL ");
    assert_says(&lines, "ok    DATABASE_URL ", "a server needs up to 4 of ");
    assert_says(&lines, "ok    DATABASE_DIRECT_URL ", "leads to the database itself");
    assert_says(&lines, "ok    MIGRATE ", "the tables are up to date");
    assert_says(&lines, "ok    JWKS_URL ", "publishes EdDSA key `");
    assert_says(&lines, "ok    PORT ", "is free");
}

#[tokio::test]
async fn a_wrong_password_and_a_missing_database_are_explained() {
    let database = Database::empty().await;
    let place = database.url().split_once('@').unwrap().1.to_owned();
    let (code, lines) = doctor(&[("DATABASE_URL", &format!("postgres://postgres:hunter2@{place}"))]);
    assert_eq!(code, Some(1), "{lines:#?}");
    assert_says(
        &lines,
        "fail  DATABASE_URL ",
        "password authentication failed for user \"postgres\"; correct user and",
    );

    let nowhere = database.url().replace(&format!("/{}", name_in(database.url())), "/nowhere");
    let (code, lines) = doctor(&[("DATABASE_URL", &nowhere)]);
    assert_eq!(code, Some(1), "{lines:#?}");
    assert_says(&lines, "fail  DATABASE_URL ", "database \"nowhere\" does not exist; create the database");
}

fn name_in(url: &str) -> String {
    url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_stopped_database_is_explained() {
    let url = tokio::task::spawn_blocking(|| {
        let mut cluster = PrivateCluster::start().unwrap();
        cluster.stop().unwrap();
        cluster.url().to_owned()
    });
    let (code, lines) = doctor(&[("DATABASE_URL", &url.await.unwrap())]);
    assert_eq!(code, Some(1), "{lines:#?}");
    assert_says(&lines, "fail  DATABASE_URL ", "Connection refused (os error 111); start the database there");
}

#[tokio::test]
async fn missing_migrations_fail_where_the_server_would_not_run_them() {
    let database = Database::empty().await;
    let (code, lines) = doctor(&[("DATABASE_URL", database.url()), ("MIGRATE", "check")]);
    assert_eq!(code, Some(1), "{lines:#?}");
    assert_says(&lines, "fail  MIGRATE ", "; run `hexado migrate`");

    let (code, lines) = doctor(&[("DATABASE_URL", database.url())]);
    assert_eq!(code, Some(0), "{lines:#?}");
    assert_says(&lines, "warn  MIGRATE ", "; the server runs them when it starts");
    let tables = database.connect().await.query("SELECT FROM pg_tables WHERE schemaname = 'public'", &[]).await;
    assert!(tables.unwrap().is_empty(), "nothing is changed");
}

#[tokio::test]
async fn what_the_database_lacks_is_told() {
    let database = Database::migrated().await;
    let client = database.connect().await;
    let unknown = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')";
    client.batch_execute(unknown).await.unwrap();
    let (code, lines) = doctor(&[("DATABASE_URL", database.url()), ("DATABASE_POOL_SIZE", "1000")]);
    assert_eq!(code, Some(1), "{lines:#?}");
    assert_says(&lines, "fail  DATABASE_URL ", "are in use; lower DATABASE_POOL_SIZE or WORKERS");
    let (code, lines) = doctor(&[("DATABASE_URL", database.url()), ("DATABASE_POOL_SIZE", "1")]);
    assert_eq!(code, Some(0), "{lines:#?}");
    assert_says(&lines, "warn  MIGRATE ", "newer Hexado (29990101000000)");

    let name = name_in(database.url());
    client.batch_execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await.unwrap();
    let (code, lines) = doctor(&[("DATABASE_URL", database.url()), ("DATABASE_POOL_SIZE", "1")]);
    assert_eq!(code, Some(1), "{lines:#?}");
    assert_says(&lines, "fail  DATABASE_URL ", "accepts no writes");
}

#[tokio::test]
async fn the_port_is_free_or_somebody_is_named() {
    let database = Database::migrated().await;
    let server = Server::start(&[("DATABASE_URL", database.url())]).await;
    let on_port = |port: u16| {
        let (_, lines) = doctor(&[("DATABASE_URL", database.url()), ("PORT", &port.to_string())]);
        lines
    };
    assert_says(&on_port(server.port), "ok    PORT ", "a Hexado runs at 127.0.0.1:");
    assert_says(
        &on_port(web_server(200, "text/html", "<p>Hello").port()),
        "fail  PORT ",
        "in use by another web server",
    );
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    assert_says(
        &on_port(silent.local_addr().unwrap().port()),
        "fail  PORT ",
        "in use by another program; stop that one",
    );
}

#[tokio::test]
async fn a_key_set_that_cannot_be_used_is_explained() {
    let database = Database::migrated().await;
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
    let large = format!("{{\"keys\": [], \"x\": \"{}\"}}", "x".repeat(300_000));
    for (address, finding, remedy) in [
        (web_server(200, "text/html", "<!doctype html>"), "it is not a JSON Web Key Set", "name the key set itself"),
        (web_server(200, "application/json", r#"{"keys": []}"#), "it has no key", "let the issuer publish"),
        (web_server(302, "text/html", ""), "redirects (status 302)", "name the address that it leads to"),
        (web_server(500, "text/html", ""), "has status 500", "see whether the issuer runs"),
        (web_server(200, "application/json", &large), "more than 262144 bytes", "see whether the issuer runs"),
        (free, "Connection refused", "see whether the issuer runs"),
    ] {
        let url = format!("http://{address}/jwks?secret=hunter2");
        let (code, lines) = doctor(&[("DATABASE_URL", database.url()), ("JWKS_URL", &url)]);
        assert_eq!(code, Some(1), "{lines:#?}");
        let fault = lines.iter().find(|line| line.starts_with("fail  JWKS_URL ")).unwrap();
        assert!(fault.contains(finding) && fault.contains(remedy), "{fault}");
    }
}

#[tokio::test]
async fn folders_and_addresses_are_looked_at() {
    let database = Database::migrated().await;
    let url = database.url().replace("sslmode=disable", "sslmode=prefer");
    let (code, lines) = doctor(&[
        ("DATABASE_URL", &url),
        ("DATA_DIR", "/proc/nowhere"),
        ("LOG_FILE", "/proc/nowhere/hexado.log"),
        ("PUBLIC_URL", "https://api.example.com"),
        ("RATE_LIMIT_PER_MINUTE", "100"),
    ]);
    assert_eq!(code, Some(1), "{lines:#?}");
    assert_says(&lines, "fail  DATA_DIR ", "/proc/nowhere cannot be written to");
    assert_says(&lines, "fail  LOG_FILE ", "/proc/nowhere cannot be written to");
    assert_says(&lines, "warn  TRUSTED_PROXIES ", "name the proxy's address");
    assert_says(&lines, "warn  DATABASE_URL ", "sslmode=prefer falls back to plain text");

    let (code, lines) = doctor(&[
        ("ENVIRONMENT", "production"),
        ("DATABASE_URL", database.url()),
        ("JWT_HS256", "on"),
        ("BETTER_AUTH_SECRET", SECRET),
        ("PUBLIC_URL", "http://api.example.com"),
        ("CORS_ORIGINS", "http://app.example.com"),
        ("TRUSTED_PROXIES", "0.0.0.0/0"),
    ]);
    assert_eq!(code, Some(1), "{lines:#?}");
    assert_says(&lines, "fail  TRUSTED_PROXIES ", "trusts everybody");
    assert_says(&lines, "warn  PUBLIC_URL ", "plain text");
    assert_says(&lines, "warn  CORS_ORIGINS ", "http://app.example.com");
}

#[test]
fn a_faulty_configuration_is_told_whole_with_exit_code_2_also_to_programs() {
    let variables = [("ENVIRONMENT", "production"), ("PORT", "http"), ("JWT_HS256", "on"), ("SECRET_KEY", "hunter2")];
    let output = hexado(&["doctor"], &variables);
    assert_eq!((output.code, output.stdout.lines().count()), (Some(2), 3), "{output:?}");
    assert!(output.stdout.lines().all(|line| line.starts_with("fail  configuration  ")), "{output:?}");
    assert!(!output.stdout.contains("hunter2"), "{output:?}");

    let output = hexado(&["doctor", "--json"], &variables);
    let checks: Vec<Value> = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!((output.code, checks.len()), (Some(2), 3), "{output:?}");
    assert_eq!((&checks[0]["verdict"], &checks[0]["finding"]), (&"fail".into(), &"PORT is `http`".into()));
    assert_eq!(checks[0]["remedy"], "it must be a number from 1 to 65535");
}

/// Answers every request with this, for the rest of the test.
fn web_server(status: u16, kind: &str, body: &str) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let head = format!("HTTP/1.1 {status} So\r\nContent-Type: {kind}\r\nLocation: /elsewhere\r\n");
    let answer = format!("{head}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // All of the question: a connection that is closed before that is reset.
            let head = BufReader::new(&stream).lines().map_while(Result::ok);
            head.take_while(|line| !line.is_empty()).for_each(drop);
            // Who asks may hang up before the end.
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}
