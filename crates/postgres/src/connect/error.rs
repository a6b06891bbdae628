//! Why there is no connection, in words that say what to do.

use std::error::Error as _;
use std::io::{self, ErrorKind};

use rustls::{CertificateError, Error as TlsError};
use thiserror::Error;
use tokio_postgres::config::Host;
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::{Config, Error};

use super::in_full;
use crate::options::Options;

/// Why there is no connection to a database. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{problem}; {remedy}")]
pub struct ConnectError {
    /// What happened, and where.
    pub problem: String,
    /// What to do about it, mostly to the database's URL.
    pub remedy: String,
}

impl ConnectError {
    pub(crate) fn new(error: &Error, options: &Options) -> Self {
        let place = place(&options.server);
        let (problem, remedy) = if let Some(refusal) = error.as_db_error() {
            (refusal.message().to_owned(), remedy_of_refusal(refusal))
        } else if let Some(network) = error.source().and_then(|cause| cause.downcast_ref::<io::Error>()) {
            match network.get_ref().and_then(|cause| cause.downcast_ref::<TlsError>()) {
                Some(tls) => explain_tls(tls),
                None => explain_network(network),
            }
        } else {
            explain_protocol(error)
        };
        Self { problem: format!("{place}: {problem}"), remedy: remedy.to_owned() }
    }

    pub(crate) fn late(options: &Options) -> Self {
        let (place, limit) = (place(&options.server), options.limits.connect);
        Self {
            problem: format!("{place}: no connection within {limit:?}"),
            remedy: "see whether host and port in the URL are right, and whether a firewall is in the way".to_owned(),
        }
    }

    /// Of a connection that was made, but has no answer to simple questions.
    pub(crate) fn no_session(options: &Options) -> Self {
        let (place, limit) = (place(&options.server), options.limits.call);
        Self {
            problem: format!("{place}: connected, but without an answer within {limit:?}"),
            remedy: "if there is a pooler in between, let it open more connections to the database".to_owned(),
        }
    }
}

/// Hosts and ports, or sockets, as the URL names them.
pub(crate) fn place(server: &Config) -> String {
    let ports = server.get_ports();
    let port = |index: usize| ports.get(index).or_else(|| ports.first()).copied().unwrap_or(5432);
    let name = |(index, host): (usize, &Host)| match host {
        Host::Tcp(name) => format!("{name}:{}", port(index)),
        #[cfg(unix)]
        Host::Unix(folder) => format!("{}/.s.PGSQL.{}", folder.display(), port(index)),
    };
    let mut places: Vec<_> = server.get_hosts().iter().enumerate().map(name).collect();
    if places.is_empty() {
        let addresses = server.get_hostaddrs().iter().enumerate();
        places.extend(addresses.map(|(index, address)| format!("{address}:{}", port(index))));
    }
    places.join(", ")
}

/// What PostgreSQL, or a pooler in front of it, said before there was a session.
fn remedy_of_refusal(refusal: &DbError) -> &'static str {
    const LOGIN: &str = "correct user and password in the URL, where characters such as @, /, ? and # are written as %40, %2F, %3F and %23";
    const DATABASE: &str = "create the database, or correct its name in the URL";
    let (code, message) = (refusal.code(), refusal.message());
    // Poolers have one code for everything.
    let says = |text: &str| message.contains(text);
    if says("no encryption") {
        "the server takes encrypted connections only: say sslmode=verify-full, or require, in the URL"
    } else if says("no pg_hba.conf entry") {
        "allow this user, database and address in the server's pg_hba.conf"
    } else if says("startup parameter") {
        "there is a pooler in between, which refuses this parameter: take it out of the URL"
    } else if *code == SqlState::INVALID_PASSWORD || says("authentication failed") || says("no such user") {
        LOGIN
    } else if *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION {
        "correct the user in the URL"
    } else if *code == SqlState::INVALID_CATALOG_NAME || says("no such database") {
        DATABASE
    } else if *code == SqlState::INSUFFICIENT_PRIVILEGE {
        "GRANT CONNECT on the database to this user, or correct the URL"
    } else if *code == SqlState::TOO_MANY_CONNECTIONS {
        "let programs open fewer connections (DATABASE_POOL_SIZE), or raise the limit of the server, the database or the user"
    } else if *code == SqlState::CANNOT_CONNECT_NOW {
        "wait until the server has started"
    } else {
        "the server's log may say more"
    }
}

fn explain_network(error: &io::Error) -> (String, &'static str) {
    let text = error.to_string();
    let remedy = match error.kind() {
        _ if text.contains("lookup address") || text.contains("resolve") => "correct the host in the URL",
        ErrorKind::ConnectionRefused => "start the database there, or correct host and port in the URL",
        ErrorKind::NotFound => "there is no such socket: start the database, or correct the folder in the URL",
        ErrorKind::TimedOut | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            "see whether host and port in the URL are right, and whether a firewall is in the way"
        }
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
            "whatever listens there hung up: see whether it is PostgreSQL, and what its log says"
        }
        _ => "see whether host and port in the URL are right",
    };
    (text, remedy)
}

fn explain_tls(error: &TlsError) -> (String, &'static str) {
    use CertificateError as Certificate;
    let TlsError::InvalidCertificate(certificate) = error else {
        return (format!("TLS: {error}"), "see whether it is PostgreSQL that listens there, and what its log says");
    };
    let (problem, remedy) = match certificate {
        // An authority of the same name is not the same authority.
        Certificate::UnknownIssuer | Certificate::BadSignature => (
            "no authority that is known here has signed the server's certificate".to_owned(),
            "name the file with the authority's certificate: sslrootcert=<file>",
        ),
        Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => (
            format!("the server's certificate is for another host: {certificate}"),
            "use in the URL a name that the certificate has as a subject alternative name, or sslmode=verify-ca",
        ),
        Certificate::Expired | Certificate::ExpiredContext { .. } => {
            (format!("the server's certificate has expired: {certificate}"), "renew it, or set this machine's clock")
        }
        Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
            (format!("the server's certificate is not valid yet: {certificate}"), "set the clocks of both machines")
        }
        _ => (
            format!("the server's certificate cannot be used: {certificate}"),
            "give the server an X.509 version 3 certificate that an authority has signed and that is none itself",
        ),
    };
    (problem, remedy)
}

/// What the driver found, by its words: they are all that it shows.
fn explain_protocol(error: &Error) -> (String, &'static str) {
    let text = in_full(error);
    let remedies = [
        (
            "server does not support TLS",
            "switch TLS on there (ssl = on), or say sslmode=disable where the network is trusted",
        ),
        (
            "did not use channel binding",
            "channel_binding=require needs TLS and a password that is kept for SCRAM there",
        ),
        ("password missing", "the server asks for a password: put it into the URL"),
        ("unsupported authentication method", "the server must accept a password (scram-sha-256 in pg_hba.conf)"),
        ("no hostname", "name the host in the URL, and not its address alone"),
    ];
    let known = remedies.into_iter().find(|(words, _)| text.contains(words));
    let remedy = known.map_or("see whether it is PostgreSQL that listens there", |(_, remedy)| remedy);
    (text, remedy)
}
