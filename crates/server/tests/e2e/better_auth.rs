//! Hexado beside a real Better Auth server, and under its official client.

mod package;
mod reference;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use self::package::{Package, Verdict};
use self::reference::Reference;
use crate::support::{Database, Person, SECRET, Server, free_port};

#[tokio::test]
async fn the_official_client_lives_through_an_account() {
    let Some(package) = Package::install("the official client with Hexado") else { return };
    let (database, mail) = (Database::migrated().await, free_port());
    let server = start(&database, mail).await;
    let verdict = package.run("client.mjs", &["--base", &url(&server), "--mail", &mail.to_string(), "--tasks"]);
    assert!(verdict.good, "{}\n{}", verdict.said, server.log());
}

#[tokio::test]
async fn the_official_client_does_the_same_with_a_real_server() {
    let Some(package) = Package::install("the official client with a real server") else { return };
    let (database, mail) = (Database::empty().await, free_port());
    let reference = Reference::start(&package, database.url(), mail).await;
    let verdict = package.run("client.mjs", &["--base", &reference.url, "--mail", &mail.to_string()]);
    assert!(verdict.good, "{}", verdict.said);
}

#[tokio::test]
async fn the_official_client_administers_users() {
    let Some(package) = Package::install("the official client's administration with Hexado") else { return };
    let (database, mail) = (Database::migrated().await, free_port());
    let server = start(&database, mail).await;
    let verdict = package.run("administrator.mjs", &["--base", &url(&server), "--database", database.url()]);
    assert!(verdict.good, "{}\n{}", verdict.said, server.log());
}

#[tokio::test]
async fn the_official_client_administers_users_of_a_real_server() {
    let Some(package) = Package::install("the official client's administration with a real server") else { return };
    let (database, mail) = (Database::empty().await, free_port());
    let reference = Reference::start(&package, database.url(), mail).await;
    let verdict = package.run("administrator.mjs", &["--base", &reference.url, "--database", database.url()]);
    assert!(verdict.good, "{}", verdict.said);
}

#[tokio::test]
async fn answers_are_those_of_a_real_server_but_for_the_listed_differences() {
    let Some(package) = Package::install("answers like those of a real server") else { return };
    let verdict = compare(&package, &[], &["--accept", "differences.json"]).await;
    assert!(verdict.good, "{}", verdict.said);
}

#[tokio::test]
async fn cookies_are_those_of_a_real_server_under_https_as_well() {
    let Some(package) = Package::install("cookies under https") else { return };
    let public = "https://api.example.com";
    let arguments = ["--accept", "differences.json", "--group", "cookies", "--public", public];
    let verdict = compare(&package, &[("PUBLIC_URL", public)], &arguments).await;
    assert!(verdict.good, "{}", verdict.said);
}

#[tokio::test]
async fn a_comparison_fails_on_differences_that_are_not_listed() {
    let Some(package) = Package::install("a comparison that fails") else { return };
    let verdict = compare(&package, &[], &["--group", "jwt"]).await;
    assert!(!verdict.good && verdict.said.contains(r#""path":"body.token.claims.sid""#), "{}", verdict.said);
}

#[tokio::test]
async fn users_and_sessions_of_a_real_servers_database_are_ours() {
    let Some(package) = Package::install("tables that a real server made") else { return };
    let (database, mail) = (Database::empty().await, free_port());
    let reference = Reference::start(&package, database.url(), mail).await;
    let earlier = Person::new("earlier").sign_up(&reference.url).await;
    let server = start(&database, mail).await;
    let found = Person::new("earlier").session_on(&url(&server), &earlier).await;
    assert_eq!(found["user"], earlier.user);
    share_everything(&server, &reference).await;
    share_second_factors(&package, &server, &reference);
}

#[tokio::test]
async fn a_real_server_is_content_with_our_tables() {
    let Some(package) = Package::install("tables for a real server") else { return };
    let (database, mail) = (Database::migrated().await, free_port());
    let server = start(&database, mail).await;
    let reference = Reference::start(&package, database.url(), mail).await;
    assert_eq!(reference.tables["created"], json!([]));
    assert_eq!(reference.tables["altered"], json!([]));
    share_everything(&server, &reference).await;
    share_second_factors(&package, &server, &reference);
}

#[tokio::test]
async fn numbered_secrets_are_those_of_a_real_server() {
    let Some(package) = Package::install("numbered secrets") else { return };
    let (database, mail) = (Database::migrated().await, free_port());
    let secrets = format!("2:{SECRET},1:another secret of more than 32 characters");
    let numbered = [("BETTER_AUTH_SECRETS", secrets.as_str())];
    let reference = Reference::start_with(&package, database.url(), mail, &numbered).await;
    let person = Person::new("first");
    let session = person.sign_up(&reference.url).await;
    let key = key_of(&person.token_of(&reference.url, &session).await).to_owned();
    let sealed = "SELECT count(*) FROM jwks WHERE private_key LIKE '\"$ba$2$%'";
    assert_eq!(database.connect().await.query_one(sealed, &[]).await.unwrap().get::<_, i64>(0), 1);
    let server = start_with(&database, mail, &numbered).await;
    assert_eq!(key_of(&person.token_of(&url(&server), &session).await), key);
    share_everything(&server, &reference).await;
    share_second_factors(&package, &server, &reference);
}

#[test]
fn the_differences_are_explained_in_the_documents() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = fs::read_to_string(root.join("tests/better_auth/differences.json")).unwrap();
    let entries: Vec<Value> = serde_json::from_str(&entries).unwrap();
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    let accepted: BTreeMap<_, _> = entries.iter().map(|entry| (text(entry, "id"), text(entry, "reason"))).collect();
    let document = fs::read_to_string(root.join("../../docs/better-auth.md")).unwrap();
    assert_eq!(explained(&document), accepted);
}

/// Whoever has an account on one server has it on the other, with the same password, sessions and keys.
async fn share_everything(server: &Server, reference: &Reference) {
    let (ours, theirs) = (url(server), reference.url.clone());
    for (name, home, away) in [("ann", &ours, &theirs), ("bob", &theirs, &ours)] {
        let person = Person::new(name);
        let made = person.sign_up(home).await;
        assert_eq!(person.session_on(away, &made).await, person.session_on(home, &made).await);

        let again = person.sign_in(away).await;
        assert_eq!(again.user, made.user);
        assert_eq!(person.session_on(home, &again).await["user"], made.user);
        assert_eq!(key_of(&person.token_of(home, &made).await), key_of(&person.token_of(away, &again).await));

        person.sign_out(away, &made).await;
        assert_eq!(person.session_on(home, &made).await, Value::Null);
        assert_eq!(person.session_on(home, &again).await["user"], made.user);
    }
}

/// Whoever has a second factor on one server is asked for it on the other, and their codes and devices count on both.
fn share_second_factors(package: &Package, server: &Server, reference: &Reference) {
    let (ours, theirs) = (url(server), reference.url.clone());
    for (home, away) in [(&ours, &theirs), (&theirs, &ours)] {
        let verdict = package.run("second-factor.mjs", &["--home", home, "--away", away]);
        assert!(verdict.good, "{home} {away}\n{}\n{}", verdict.said, server.log());
    }
}

/// Compares a real server with ours, both with these variables.
async fn compare(package: &Package, variables: &[(&str, &str)], arguments: &[&str]) -> Verdict {
    let (left, right, mail) = (Database::empty().await, Database::migrated().await, free_port());
    let reference = Reference::start_with(package, left.url(), mail, variables);
    let (reference, server) = tokio::join!(reference, start_with(&right, mail, variables));
    let (ours, port) = (url(&server), mail.to_string());
    let (left, right) = (left.url(), right.url());
    let sides = ["--left", &reference.url, "--left-database", left, "--right", &ours, "--right-database", right];
    package.run("compare.mjs", &[&sides[..], &["--mail", &port], arguments].concat())
}

async fn start(database: &Database, mail: u16) -> Server {
    start_with(database, mail, &[]).await
}

async fn start_with(database: &Database, mail: u16, more: &[(&str, &str)]) -> Server {
    let smtp = format!("smtp://127.0.0.1:{mail}?tls=none");
    let variables = [
        ("DATABASE_URL", database.url()),
        ("BETTER_AUTH_SECRET", SECRET),
        ("SMTP_URL", &smtp),
        ("MAIL_FROM", "no-reply@example.com"),
    ];
    Server::start(&[&variables, more].concat()).await
}

/// The server under its own name, which is what tokens say and whose pages are trusted.
fn url(server: &Server) -> String {
    format!("http://localhost:{}", server.port)
}

/// The part of a JWT that says which key signed it.
fn key_of(token: &str) -> &str {
    token.split('.').next().unwrap()
}

/// The rows of the table of differences: what is between backquotes in the first column, and the last column.
fn explained(document: &str) -> BTreeMap<String, String> {
    let section = document.split("## Differences").nth(1).unwrap_or_default();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    rows.map(|row| (row.split('`').next().unwrap().to_owned(), row.rsplit(" | ").next().unwrap().to_owned())).collect()
}
