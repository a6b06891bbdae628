//! Each fault by itself, the profiles, and what the defaults are.

mod admin;
mod database;
mod guards;
mod http;
mod logs;
mod mail;
mod telemetry;
mod tokens;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use secrecy::ExposeSecret as _;

use super::variables::VARIABLES;
use super::*;

const SECRET: &str = "kC1N1mUq0rUo5W6t3v0y9cZ2cEoZ4m2nC2bX7hJxk3U=";
const DATABASE: (&str, &str) = ("DATABASE_URL", "postgres://ann:hush@db.example/hexado?sslmode=verify-full");
const JWKS: (&str, &str) = ("JWKS_URL", "https://auth.example.com/api/auth/jwks");
const PUBLIC: (&str, &str) = ("PUBLIC_URL", "https://api.example.com");

fn settings(variables: &[(&str, &str)]) -> Settings {
    let values = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Settings { values, working_dir: "/srv/hexado".into(), faults: Vec::new() }
}

fn config(variables: &[(&str, &str)]) -> Config {
    checked(variables).value
}

fn warnings(variables: &[(&str, &str)]) -> Vec<String> {
    checked(variables).warnings
}

fn checked(variables: &[(&str, &str)]) -> Checked<Config> {
    read(&settings(variables), Config::read).unwrap()
}

fn error(variables: &[(&str, &str)]) -> String {
    read(&settings(variables), Config::read).unwrap_err().to_string()
}

/// The one fault of these variables.
fn fault(variables: &[(&str, &str)]) -> String {
    let error = error(variables);
    let fault = error.strip_prefix("the configuration has a fault:\n  ");
    fault.unwrap_or_else(|| panic!("not one fault: {error}")).to_owned()
}

fn production(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    [&[("ENVIRONMENT", "production"), DATABASE, JWKS, PUBLIC], more].concat()
}

fn without<'a>(variables: Vec<(&'a str, &'a str)>, name: &str) -> Vec<(&'a str, &'a str)> {
    variables.into_iter().filter(|(other, _)| *other != name).collect()
}

#[test]
fn nothing_set_is_a_development_server_on_its_own_database_and_key() {
    let config = config(&[]);
    assert_eq!(config.environment, Environment::Development);
    assert_eq!(config.http.address, Address { host: None, port: 8000 });
    assert_eq!(config.http.public_origin, "http://localhost:8000");
    assert_eq!(config.http.cors_origins, ["http://localhost:3000"]);
    assert!(config.http.api_docs && !config.reveal_causes);
    assert!(matches!(config.database.location, DatabaseLocation::Private(_)));
    assert_eq!((config.database.migrate, config.database.pool_size), (Migrate::Auto, 16));
    assert!(config.tokens.by_local_key());
    assert_eq!((config.logs.format, config.logs.filter.as_str()), (LogFormat::Pretty, "info,actix_server=warn"));
    assert_eq!(config.logs.file, None);
    assert_eq!(warnings(&[]), Vec::<String>::new());
}

#[test]
fn production_has_other_defaults() {
    let config = config(&production(&[]));
    assert_eq!(config.http.cors_origins, Vec::<String>::new());
    assert!(!config.http.api_docs);
    assert_eq!(config.logs.format, LogFormat::Json);
    assert_eq!(warnings(&production(&[])), Vec::<String>::new());
}

#[test]
fn staging_shows_the_docs_and_is_else_like_production() {
    let config = config(&[("ENVIRONMENT", "staging"), DATABASE, JWKS, PUBLIC]);
    assert!(config.http.api_docs);
    assert_eq!(config.logs.format, LogFormat::Json);
    assert_eq!(error(&[("ENVIRONMENT", "staging")]).lines().count(), 3);
}

#[test]
fn all_faults_are_told_at_once() {
    let error = error(&[("PORT", "http"), ("WORKERS", "0"), ("JWT_HS256", "on"), ("API_DOCS", "maybe")]);
    assert_eq!(
        error,
        "the configuration has 4 faults:\
         \n  PORT is `http`; it must be a number from 1 to 65535\
         \n  WORKERS is `0`; it must be a number from 1 to 1024\
         \n  API_DOCS is `maybe`; it must be on or off\
         \n  BETTER_AUTH_SECRET is missing, and cookies or HS256 tokens need it; set it to at least 32 random characters, \
         as from `openssl rand -base64 32`"
    );
}

#[test]
fn what_could_not_be_read_is_told_with_the_other_faults() {
    let mut settings = settings(&[("PORT", "0")]);
    settings.faults.push(Fault::new(".env", "cannot be read", "make it readable"));
    assert!(read(&settings, Config::read).unwrap_err().to_string().starts_with("the configuration has 2 faults:"));
}

#[test]
fn every_variable_of_the_table_has_an_effect_and_no_other() {
    let settings = settings(&[]);
    let mut reader = Reader::new(&settings);
    Config::read(&mut reader);
    assert_eq!(reader.asked, VARIABLES.iter().map(|variable| variable.name).collect());
}

#[test]
fn every_variable_has_a_row_in_the_docs() {
    let docs = include_str!("../../../../docs/configuration.md");
    for variable in VARIABLES {
        assert!(docs.contains(&format!("\n| `{}` |", variable.name)), "{} has no row", variable.name);
    }
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let config = config(&[("PORT", ""), ("DATABASE_URL", " "), ("JWKS_URL", "")]);
    assert_eq!(config.http.address.port, 8000);
    assert!(config.tokens.by_local_key());
}

#[test]
fn an_unknown_variable_that_looks_like_ours_is_a_warning() {
    let expected = "the variable DATABSE_URL has no effect; the nearest that has one is DATABASE_URL";
    assert_eq!(warnings(&[("DATABSE_URL", "postgres://a:b@c/d"), ("PATH", "/bin")]), [expected]);
}

#[test]
fn an_unknown_environment_is_a_fault() {
    let expected = "ENVIRONMENT is `prod`; it must be development, staging or production";
    assert_eq!(fault(&[("ENVIRONMENT", "prod")]), expected);
}
