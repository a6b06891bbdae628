//! What the program says to a configuration that it cannot use.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};

use crate::support::{Database, SECRET, Server, free_port, hexado, hexado_in};

#[test]
fn all_faults_are_told_at_once_with_exit_code_2() {
    let variables =
        [("ENVIRONMENT", "production"), ("PORT", "http"), ("JWT_HS256", "on"), ("BETTER_AUTH_SECRET", "hush")];
    let output = hexado(&[], &variables);
    assert_eq!((output.code, output.stdout.as_str()), (Some(2), ""));
    let lines: Vec<_> = output.stderr.lines().collect();
    assert_eq!(lines.len(), 4, "{output:?}");
    assert_eq!(lines[0], "error: the configuration has 3 faults:");
    assert!(lines[1].starts_with("  PORT is `http`; "), "{output:?}");
    assert!(lines[3].starts_with("  DATABASE_URL is missing"), "{output:?}");
    assert!(lines[2].starts_with("  BETTER_AUTH_SECRET has 4 characters, fewer than 32; "), "{output:?}");
    assert!(!output.stderr.contains("hush"), "{output:?}");
}

#[test]
fn production_without_anybody_to_accept_is_refused() {
    let variables = [
        ("ENVIRONMENT", "production"),
        ("DATABASE_URL", "postgres://ann:hush@127.0.0.1/x?sslmode=disable"),
        ("IDENTITY", "external"),
    ];
    let output = hexado(&["run"], &variables);
    assert_eq!(output.code, Some(2));
    assert!(output.stderr.contains("JWKS_URL is missing and JWT_HS256 is off"), "{output:?}");
}

#[test]
fn a_log_file_that_cannot_be_written_is_a_fault() {
    let variables = [("LOG_FILE", "/proc/nowhere/hexado.log"), ("JWT_HS256", "on"), ("BETTER_AUTH_SECRET", SECRET)];
    let output = hexado(&[], &variables);
    assert_eq!(output.code, Some(2));
    assert!(output.stderr.contains("  LOG_FILE cannot be written"), "{output:?}");
}

#[test]
fn in_development_a_file_is_read_and_the_environment_wins() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), "PORT=one\nWORKERS=two\n").unwrap();
    let output = hexado_in(folder.path(), &[], &[("PORT", "three")]);
    assert_eq!(output.code, Some(2));
    assert!(output.stderr.contains("PORT is `three`") && output.stderr.contains("WORKERS is `two`"), "{output:?}");

    let output = hexado_in(folder.path(), &[], &[("ENVIRONMENT", "production")]);
    assert!(!output.stderr.contains("WORKERS"), "{output:?}");
}

#[tokio::test]
async fn an_unknown_variable_that_looks_like_ours_is_a_warning() {
    let database = Database::migrated().await;
    let server = Server::start(&[("DATABASE_URL", database.url()), ("CORS_ORIGIN", "https://app.example.com")]).await;
    assert!(
        server.log().contains("the variable CORS_ORIGIN has no effect; the nearest that has one is CORS_ORIGINS"),
        "{}",
        server.log()
    );
}

#[tokio::test]
async fn a_port_in_use_is_one_clear_line() {
    let database = Database::migrated().await;
    let port = free_port();
    let _other = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    let output = hexado(&[], &[("DATABASE_URL", database.url()), ("PORT", &port.to_string())]);
    let expected =
        format!("error: 127.0.0.1:{port} is in use by another program: stop that one, or set PORT to another port\n");
    assert_eq!((output.code, output.stderr), (Some(1), expected));
}
