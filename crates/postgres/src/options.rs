//! Where the database is and how to talk to it.

use std::fmt;
use std::time::Duration;

use thiserror::Error;
use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding, Host};
use tokio_postgres_rustls::MakeRustlsConnect;
use url::form_urlencoded;

use crate::connect::place;
use crate::tls::{self, SslMode, TlsError};

/// How to reach a database, and within which limits.
#[derive(Clone)]
pub struct Options {
    /// Connections for writes and searches, made when they are needed.
    pub pool_size: usize,
    /// Connections that each runtime (a worker of the web server has one of its own) shares among its short reads.
    /// With none of them, reads use the pool too.
    pub lanes: usize,
    pub limits: Limits,
    pub(crate) server: Config,
    pub(crate) ssl_mode: SslMode,
    pub(crate) tls: MakeRustlsConnect,
}

/// How long things may take. Each is shorter than the 5 s in which a request must be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Opening a connection, with everything that is said on it before it can be used.
    pub connect: Duration,
    /// Waiting for a lane that is being made, where none is up.
    pub lane_wait: Duration,
    /// Waiting for a free connection of the pool.
    pub pool_wait: Duration,
    /// Waiting for a lock, by the server's own clock.
    pub lock: Duration,
    /// One statement, by the server's own clock.
    pub statement: Duration,
    /// One call with all that belongs to it, by our clock: a server that fell silent keeps no limit of its own.
    pub call: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(2),
            lane_wait: Duration::from_millis(100),
            pool_wait: Duration::from_secs(1),
            lock: Duration::from_secs(2),
            statement: Duration::from_secs(3),
            call: Duration::from_secs(4),
        }
    }
}

impl Options {
    /// Reads a URL as libpq's users write it: `postgres://`, `postgresql://` or, for who comes from Python,
    /// `postgresql+asyncpg://`; with `sslmode`, `sslrootcert` and `channel_binding` in libpq's meaning.
    ///
    /// In production, `sslmode=prefer` is refused, and it is what a URL without `sslmode` means: it falls back to plain
    /// text when someone on the way asks for it.
    pub fn parse(url: &str, production: bool) -> Result<Self, OptionsError> {
        let (base, query) = split(url)?;
        let mut wanted = tls::Wanted::default();
        let mut others = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.replace('+', "%2B").as_bytes()) {
            match &*name {
                // asyncpg's name for the same thing.
                "sslmode" | "ssl" => wanted.mode = Some(value.parse()?),
                "sslrootcert" => wanted.root_cert = Some(value.into_owned()),
                "sslcert" | "sslkey" | "sslpassword" => return Err(OptionsError::ClientCertificate(name.into_owned())),
                _ => drop(others.append_pair(&name, &value)),
            }
        }
        // Serialized again, a space is `+`, which only forms read as a space.
        let url = format!("postgresql://{base}?{}", others.finish().replace('+', "%20"));
        let server: Config = url.parse().map_err(OptionsError::refused)?;
        let mode = if is_local(&server) { SslMode::Disable } else { wanted.effective_mode()? };
        if mode == SslMode::Disable && server.get_channel_binding() == ChannelBinding::Require {
            return Err(OptionsError::BindingWithoutTls);
        }
        if production && mode == SslMode::Prefer {
            return Err(OptionsError::PreferInProduction);
        }
        let server = with_defaults(server, mode)?;
        let tls = tls::connector(mode, wanted.root_cert.as_deref())?;
        let (pool_size, lanes, limits) = (16, 2, Limits::default());
        Ok(Self { pool_size, lanes, limits, server, ssl_mode: mode, tls })
    }

    /// How the way to the server is protected. Sockets of this machine need nothing.
    pub fn ssl_mode(&self) -> SslMode {
        self.ssl_mode
    }

    /// Hosts and ports, for people.
    pub fn place(&self) -> String {
        place(&self.server)
    }
}

/// Host, database and user; never the password.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("server", &self.server)
            .field("ssl_mode", &self.ssl_mode)
            .field("pool_size", &self.pool_size)
            .field("lanes", &self.lanes)
            .field("limits", &self.limits)
            .finish()
    }
}

/// What is wrong with a database URL, in one line that never holds the password.
#[derive(Debug, Error)]
pub enum OptionsError {
    #[error("it must start with postgres:// or postgresql://")]
    Scheme,
    #[error("it names no host")]
    NoHost,
    #[error(
        "sslmode=prefer, which is also the default, may fall back to plain text: say verify-full, require or disable"
    )]
    PreferInProduction,
    #[error("channel_binding=require needs TLS: say sslmode=verify-full or require, too")]
    BindingWithoutTls,
    #[error("`{0}` is not supported: the server must accept a password, which TLS and SCRAM protect")]
    ClientCertificate(String),
    #[error("{0} is not supported: leave it out")]
    Unsupported(String),
    #[error("{0}")]
    Tls(#[from] TlsError),
    #[error("{0}")]
    Refused(String),
}

impl OptionsError {
    fn refused(error: tokio_postgres::Error) -> Self {
        let text = error.to_string();
        let text = error.into_source().map_or(text, |cause| cause.to_string());
        match text.strip_prefix("unknown option ") {
            // What is no name may be a part of a password.
            Some(name) if name.trim_matches('`').bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') => {
                Self::Unsupported(name.to_owned())
            }
            Some(_) => Self::Unsupported("a parameter behind the `?`".to_owned()),
            None => Self::Refused(text),
        }
    }
}

/// What comes between the scheme and the query, and the query.
fn split(url: &str) -> Result<(&str, &str), OptionsError> {
    let (scheme, rest) = url.split_once("://").ok_or(OptionsError::Scheme)?;
    if !matches!(scheme, "postgres" | "postgresql" | "postgresql+asyncpg" | "postgres+asyncpg") {
        return Err(OptionsError::Scheme);
    }
    // A password may hold a `?` that was not escaped.
    let host = rest.find('@').map_or(0, |at| at + 1);
    Ok(match rest[host..].find('?') {
        Some(mark) => (&rest[..host + mark], &rest[host + mark + 1..]),
        None => (rest, ""),
    })
}

/// Whether the server is reached by sockets alone, for which libpq ignores `sslmode`.
fn is_local(server: &Config) -> bool {
    let hosts = server.get_hosts();
    server.get_hostaddrs().is_empty() && !hosts.is_empty() && !hosts.iter().any(|host| matches!(host, Host::Tcp(_)))
}

fn with_defaults(mut server: Config, mode: SslMode) -> Result<Config, OptionsError> {
    let named = server.get_hosts().iter().any(|host| !matches!(host, Host::Tcp(name) if name.is_empty()));
    if !named && server.get_hostaddrs().is_empty() {
        return Err(OptionsError::NoHost);
    }
    server.ssl_mode(mode.on_the_wire());
    if server.get_application_name().is_none() {
        server.application_name("hexado");
    }
    // A peer that vanished without a word is noticed within seconds, not after the operating system's two hours.
    if server.get_keepalives_idle() == Config::new().get_keepalives_idle() {
        server
            .keepalives_idle(Duration::from_secs(15))
            .keepalives_interval(Duration::from_secs(5))
            .keepalives_retries(3);
    }
    if server.get_tcp_user_timeout().is_none() {
        server.tcp_user_timeout(Duration::from_secs(10));
    }
    Ok(server)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(url: &str) -> Options {
        Options::parse(url, false).unwrap()
    }

    fn refusal(url: &str) -> String {
        Options::parse(url, false).unwrap_err().to_string()
    }

    #[test]
    fn every_common_scheme_is_read() {
        for scheme in ["postgres", "postgresql", "postgresql+asyncpg"] {
            let server = options(&format!("{scheme}://ann:p%40ss@db.example:6432/hexado")).server;
            assert_eq!(server.get_hosts(), [Host::Tcp("db.example".into())]);
            assert_eq!(server.get_ports(), [6432]);
            assert_eq!(server.get_user(), Some("ann"));
            assert_eq!(server.get_password(), Some(b"p@ss".as_slice()));
            assert_eq!(server.get_dbname(), Some("hexado"));
        }
    }

    #[test]
    fn other_schemes_are_refused() {
        for url in ["", "db.example", "mysql://db.example/hexado", "postgresql+psycopg2://db.example/hexado"] {
            assert_eq!(refusal(url), "it must start with postgres:// or postgresql://", "{url}");
        }
    }

    #[test]
    fn a_url_without_a_host_is_refused() {
        assert_eq!(refusal("postgres:///hexado"), "it names no host");
    }

    #[test]
    fn ssl_modes_mean_what_they_mean_to_libpq() {
        for (mode, wire) in [
            ("disable", tokio_postgres::config::SslMode::Disable),
            ("prefer", tokio_postgres::config::SslMode::Prefer),
            ("require", tokio_postgres::config::SslMode::Require),
            ("verify-full", tokio_postgres::config::SslMode::Require),
        ] {
            let options = options(&format!("postgres://db.example/hexado?sslmode={mode}"));
            assert_eq!(options.ssl_mode.to_string(), mode);
            assert_eq!(options.server.get_ssl_mode(), wire);
        }
        assert_eq!(options("postgres://db.example/hexado").ssl_mode, SslMode::Prefer);
        assert_eq!(options("postgresql+asyncpg://db.example/hexado?ssl=require").ssl_mode, SslMode::Require);
        let refusal = refusal("postgres://db.example/hexado?sslmode=allow");
        assert_eq!(refusal, "sslmode must be disable, prefer, require, verify-ca or verify-full, not `allow`");
    }

    #[test]
    fn prefer_is_refused_in_production_whether_said_or_not() {
        for url in ["postgres://db.example/hexado", "postgres://db.example/hexado?sslmode=prefer"] {
            let error = Options::parse(url, true).unwrap_err();
            assert!(matches!(error, OptionsError::PreferInProduction), "{error}");
        }
        assert!(Options::parse("postgres://db.example/hexado?sslmode=disable", true).is_ok());
    }

    #[test]
    fn root_certificates_are_the_systems_or_come_from_a_file() {
        let url = "postgres://db.example/hexado?sslrootcert=";
        assert_eq!(options(&format!("{url}system")).ssl_mode, SslMode::VerifyFull);
        assert_eq!(
            refusal(&format!("{url}system&sslmode=require")),
            "sslrootcert=system needs sslmode=verify-full: anyone can get a certificate for a name of their own"
        );
        let refusal = refusal(&format!("{url}/nowhere/ca+1.pem&sslmode=verify-ca"));
        assert!(refusal.starts_with("sslrootcert=/nowhere/ca+1.pem cannot be read: "), "{refusal}");
    }

    #[test]
    fn verify_ca_needs_to_know_which_authority() {
        let refusal = refusal("postgres://db.example/hexado?sslmode=verify-ca");
        assert_eq!(refusal, "sslmode=verify-ca needs sslrootcert=<file>");
    }

    #[test]
    fn a_socket_needs_no_tls() {
        for url in
            ["postgres://ann@%2Frun%2Fpostgresql/hexado", "postgres:///hexado?host=/run/postgresql&sslmode=require"]
        {
            let options = Options::parse(url, true).unwrap();
            assert_eq!(options.ssl_mode(), SslMode::Disable, "{url}");
            assert_eq!(options.place(), "/run/postgresql/.s.PGSQL.5432");
        }
    }

    #[test]
    fn channel_binding_needs_tls() {
        let refusal = refusal("postgres://db.example/hexado?sslmode=disable&channel_binding=require");
        assert_eq!(refusal, "channel_binding=require needs TLS: say sslmode=verify-full or require, too");
    }

    #[test]
    fn other_parameters_reach_the_driver() {
        let server = options("postgres://db.example/a?channel_binding=require&application_name=my%20app").server;
        assert_eq!(server.get_channel_binding(), ChannelBinding::Require);
        assert_eq!(server.get_application_name(), Some("my app"));
        let refusal_of = |parameter: &str| refusal(&format!("postgres://db.example/a?{parameter}"));
        assert_eq!(refusal_of("pgbouncer=true"), "`pgbouncer` is not supported: leave it out");
        assert!(refusal_of("sslcert=/client.pem").starts_with("`sslcert` is not supported: the server must accept"));
        assert!(refusal_of("sslkey=/client.key").starts_with("`sslkey` is not supported: the server must accept"));
        assert_eq!(refusal("postgres://db.example:port/a"), "invalid value for option `port`");
    }

    #[test]
    fn a_password_is_never_shown() {
        let url = "postgres://ann:hunter2@db.example/hexado";
        assert!(!format!("{:?}", options(url)).contains("hunter2"));
        for wrong in ["?sslmode=no", "?what=1", ":x", "?hunter2@db.example/hexado"] {
            let error = Options::parse(&format!("postgres://ann:hunter2@db.example{wrong}"), false).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn a_question_mark_in_a_password_does_not_start_the_parameters() {
        let server = options("postgres://ann:what?@db.example/hexado?connect_timeout=1").server;
        assert_eq!(server.get_password(), Some(b"what?".as_slice()));
    }
}
