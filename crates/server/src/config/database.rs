use std::path::{Path, PathBuf};

use hexado_postgres::Options;

use super::environment::Environment;
use super::reader::Reader;

/// Where tasks and users are kept.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) location: DatabaseLocation,
    pub(crate) pool_size: usize,
    pub(crate) migrate: Migrate,
}

#[derive(Debug)]
pub(crate) enum DatabaseLocation {
    Given {
        /// Host and port.
        name: String,
        database: Box<Options>,
        /// Around a pooler, for migrations. `None` if `database` is direct, as far as we are told.
        direct: Option<Box<Options>>,
    },
    Private(PrivateDatabase),
}

/// A PostgreSQL that the server starts and stops itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PrivateDatabase {
    pub(crate) data_dir: PathBuf,
    /// The folder to take PostgreSQL's programs from, if they shall not be searched for.
    pub(crate) bin_dir: Option<PathBuf>,
    /// Whether they may be fetched.
    pub(crate) download: bool,
}

/// What the server does about the tables when it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Migrate {
    /// Brings them up to date.
    Auto,
    /// Waits until somebody else brought them up to date.
    Check,
    /// Takes it for granted that they are.
    Off,
}

const EXAMPLE: &str = "postgres://user:password@host:5432/database?sslmode=verify-full";

impl Database {
    pub(super) fn read(reader: &mut Reader<'_>, environment: Environment, data_dir: &Path) -> Self {
        Self {
            location: DatabaseLocation::read(reader, environment, data_dir),
            pool_size: reader.number("DATABASE_POOL_SIZE", 1000, 16),
            migrate: reader.choice(
                "MIGRATE",
                &[("auto", Migrate::Auto), ("check", Migrate::Check), ("off", Migrate::Off)],
                Migrate::Auto,
            ),
        }
    }
}

impl DatabaseLocation {
    fn read(reader: &mut Reader<'_>, environment: Environment, data_dir: &Path) -> Self {
        let private = PrivateDatabase {
            data_dir: data_dir.to_path_buf(),
            bin_dir: reader.path("HEXADO_PG_BIN"),
            download: reader.switch("HEXADO_PG_DOWNLOAD", true),
        };
        let database = database_url(reader, "DATABASE_URL", environment);
        let direct = database_url(reader, "DATABASE_DIRECT_URL", environment);
        match database {
            Some(database) => {
                let name = reader.text("DATABASE_URL").map(host).unwrap_or_default();
                Self::Given { name, database: Box::new(database), direct: direct.map(Box::new) }
            }
            None => {
                require_url(reader, environment);
                Self::Private(private)
            }
        }
    }
}

fn require_url(reader: &mut Reader<'_>, environment: Environment) {
    let problem = match environment {
        _ if reader.text("DATABASE_URL").is_some() => return,
        Environment::Staging | Environment::Production => {
            format!("is missing, and {} starts no database of its own", environment.name())
        }
        Environment::Development if reader.text("DATABASE_DIRECT_URL").is_some() => {
            "is missing, but DATABASE_DIRECT_URL is set".to_owned()
        }
        Environment::Development if cfg!(feature = "embedded-db") => return,
        Environment::Development => "is missing, and this build cannot start a database of its own".to_owned(),
    };
    reader.fault("DATABASE_URL", problem, format!("set it to a PostgreSQL database, such as {EXAMPLE}"));
}

fn database_url(reader: &mut Reader<'_>, name: &'static str, environment: Environment) -> Option<Options> {
    match Options::parse(reader.text(name)?, !environment.is_development()) {
        Ok(options) => Some(options),
        Err(error) => {
            reader.fault(name, format!("cannot be used: {error}"), format!("write it as {EXAMPLE}"));
            None
        }
    }
}

/// Host and port of a database URL. User and password end at the last `@`, even where they hold one that is not escaped.
fn host(url: &str) -> String {
    let rest = url.rsplit_once('@').or_else(|| url.split_once("://")).map_or(url, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_known_without_its_password() {
        for url in [
            "postgres://db.example:6432/hexado",
            "postgres://ann:hush@db.example:6432/hexado?sslmode=require",
            "postgres://ann:hu?s/h@@db.example:6432",
            "postgres://db.example:6432?password=hush",
        ] {
            assert_eq!(host(url), "db.example:6432", "{url}");
        }
    }
}
