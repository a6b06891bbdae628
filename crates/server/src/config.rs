//! The configuration: read from the environment, judged as a whole, and never read again.
//!
//! Nothing else in Hexado reads the environment. `docs/configuration.md` explains each variable.

mod admin;
mod database;
mod environment;
mod fault;
mod guards;
mod http;
mod identity;
mod logs;
mod mail;
mod metrics;
mod origin;
mod reader;
mod secret;
mod settings;
mod tokens;
mod traces;
mod unknown;
pub(crate) mod variables;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub(crate) use admin::{AdminConfig, DEFAULT_NAME as DEFAULT_ADMIN_NAME};
pub(crate) use database::{Database, DatabaseLocation, Migrate, PrivateDatabase};
pub(crate) use environment::Environment;
pub(crate) use fault::{ConfigError, Fault};
pub(crate) use guards::Guards;
pub(crate) use http::{Address, Http};
pub(crate) use identity::Identity;
pub(crate) use logs::{LogFile, LogFormat, LogRotation, Logs};
pub(crate) use mail::Mail;
pub(crate) use metrics::Metrics;
pub(crate) use reader::{Checked, Reader, read};
pub(crate) use secret::Secrets;
pub(crate) use settings::Settings;
pub(crate) use tokens::{ExpectedClaims, Hs256, KeySet, Tokens};
pub(crate) use traces::{Sampling, Traces};

/// Everything that the server is told from outside.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) environment: Environment,
    pub(crate) http: Http,
    pub(crate) guards: Guards,
    pub(crate) database: Database,
    pub(crate) tokens: Tokens,
    pub(crate) identity: Identity,
    pub(crate) mail: Mail,
    pub(crate) logs: Logs,
    pub(crate) metrics: Metrics,
    /// `None` if they are not exported.
    pub(crate) traces: Option<Traces>,
    /// Where the server keeps what it makes for itself.
    pub(crate) data_dir: PathBuf,
    /// Whether clients are shown why an answer is a 5xx.
    pub(crate) reveal_causes: bool,
}

impl Config {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let environment = Environment::read(reader);
        let debug = reader.switch("DEBUG", false);
        let data_dir = data_dir(reader);
        let http = Http::read(reader, environment);
        let builtin = identity::is_builtin(reader);
        let secrets = secret::read(reader, environment);
        let tokens = Tokens::read(reader, environment, builtin, &http.public_origin, secrets.as_ref());
        Self {
            environment,
            identity: Identity::read(reader, environment, builtin, &http, &tokens, secrets),
            guards: Guards::read(reader, environment, &http),
            database: Database::read(reader, environment, &data_dir),
            tokens,
            mail: Mail::read(reader, environment, &data_dir),
            logs: Logs::read(reader, environment, debug),
            metrics: Metrics::read(reader),
            traces: Traces::read(reader),
            http,
            data_dir,
            reveal_causes: debug && environment.is_development(),
        }
    }
}

impl Config {
    /// Whether a key in the data folder signs tokens for trying things out: in development, where no issuer is named.
    pub(crate) fn has_local_key(&self) -> bool {
        self.environment.is_development() && self.tokens.by_local_key()
    }
}

/// What is needed to migrate: a job that migrates before the servers start has no use for the rest.
#[derive(Debug)]
pub(crate) struct MigrationConfig {
    pub(crate) database: Database,
    pub(crate) logs: Logs,
}

impl MigrationConfig {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let environment = Environment::read(reader);
        let debug = reader.switch("DEBUG", false);
        let data_dir = data_dir(reader);
        Self { database: Database::read(reader, environment, &data_dir), logs: Logs::read(reader, environment, debug) }
    }
}

fn data_dir(reader: &mut Reader<'_>) -> PathBuf {
    let given = reader.path("DATA_DIR");
    given.unwrap_or_else(|| default_data_dir(reader))
}

#[cfg(feature = "embedded-db")]
fn default_data_dir(reader: &Reader<'_>) -> PathBuf {
    hexado_devdb::default_data_dir(reader.working_dir())
}

#[cfg(not(feature = "embedded-db"))]
fn default_data_dir(reader: &Reader<'_>) -> PathBuf {
    reader.working_dir().join(".hexado")
}
