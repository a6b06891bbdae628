//! Which connections come about, by what the URL asks for and what the server offers.

mod certificates;
mod server;

use hexado_domain::testing::FixedClock;
use hexado_domain::testing::fixtures::noon;
use hexado_postgres::{Options, examine};

use certificates::{Authority, Validity};
use server::{Offer, TlsServer};

/// How it went.
#[derive(Debug, PartialEq, Eq)]
enum Connected {
    Encrypted,
    Plain,
    /// In one line.
    Not(String),
}

use Connected::{Encrypted, Not, Plain};

impl Connected {
    fn is(&self, expected: &Self) -> bool {
        match (self, expected) {
            (Not(line), Not(part)) => line.contains(part) && !line.contains('\n') && !line.contains(server::PASSWORD),
            _ => self == expected,
        }
    }
}

async fn connect(url: &str) -> Connected {
    let options = match Options::parse(url, false) {
        Ok(options) => options,
        Err(error) => return Not(error.to_string()),
    };
    match examine(&options, &FixedClock::at(noon())).await {
        Ok(database) if database.tls.is_some() => Encrypted,
        Ok(_) => Plain,
        Err(error) => Not(error.to_string()),
    }
}

fn not(part: &str) -> Connected {
    Not(part.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_mode_gets_from_each_server_what_it_asks_for() {
    let server = TlsServer::start().await;
    let root = server.root();
    let not_offered = || not("server does not support TLS; switch TLS on there");
    let encrypted_only = || not("no encryption; the server takes encrypted connections only: say sslmode=verify-full");
    let cases = [
        ("sslmode=disable".to_owned(), [Plain, encrypted_only(), Plain]),
        ("sslmode=prefer".to_owned(), [Encrypted, Encrypted, Plain]),
        (String::new(), [Encrypted, Encrypted, Plain]),
        ("sslmode=require".to_owned(), [Encrypted, Encrypted, not_offered()]),
        (format!("sslmode=verify-ca&sslrootcert={root}"), [Encrypted, Encrypted, not_offered()]),
        (format!("sslmode=verify-full&sslrootcert={root}"), [Encrypted, Encrypted, not_offered()]),
    ];
    for (offered, offer) in [Offer::Both, Offer::EncryptedOnly, Offer::PlainOnly].into_iter().enumerate() {
        server.offer(offer).await;
        for (parameters, expected) in &cases {
            let connected = connect(&server.url("localhost", parameters)).await;
            assert!(connected.is(&expected[offered]), "{parameters} from {offer:?}: {connected:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_checked_as_far_as_the_mode_says() {
    let server = TlsServer::start().await;
    let root = server.root();
    let stranger = Authority::new().write(server.folder());
    let expired = || server.authority.sign(&["localhost"], Validity::Over);
    let elsewhere = || server.authority.sign(&["db.example"], Validity::Now);
    let right = || server.authority.sign(&["localhost", "127.0.0.1"], Validity::Now);
    let unknown = || not("no authority that is known here has signed the server's certificate; name the file");
    let verified = |mode: &str, root: &str| format!("sslmode={mode}&sslrootcert={root}");

    server.present(&right()).await;
    for (host, parameters, expected) in [
        ("localhost", verified("verify-full", &root), Encrypted),
        ("127.0.0.1", verified("verify-full", &root), Encrypted),
        ("localhost", verified("verify-full", &stranger), unknown()),
        ("localhost", verified("verify-ca", &stranger), unknown()),
        // As libpq does where there is something to check against.
        ("localhost", verified("require", &stranger), unknown()),
        ("localhost", "sslmode=verify-full".to_owned(), unknown()),
        ("localhost", "sslrootcert=system".to_owned(), unknown()),
        ("localhost", verified("require", "system"), not("sslrootcert=system needs sslmode=verify-full")),
        (
            "localhost",
            verified("verify-full", "/nowhere/root.pem"),
            not("sslrootcert=/nowhere/root.pem cannot be read"),
        ),
    ] {
        let connected = connect(&server.url(host, &parameters)).await;
        assert!(connected.is(&expected), "{parameters} to {host}: {connected:?}");
    }
    for (what, certificate, problem) in [
        ("one for another host", elsewhere(), "the server's certificate is for another host"),
        ("one that has expired", expired(), "the server's certificate has expired"),
        ("one that is its own authority", server.authority.as_server(), "the server's certificate cannot be used"),
    ] {
        server.present(&certificate).await;
        let full = connect(&server.url("localhost", &verified("verify-full", &root))).await;
        assert!(full.is(&not(problem)), "{what}: {full:?}");
        assert_eq!(connect(&server.url("localhost", "sslmode=require")).await, Encrypted, "{what}");
    }
    server.present(&elsewhere()).await;
    assert_eq!(connect(&server.url("localhost", &verified("verify-ca", &root))).await, Encrypted);
    server.present(&expired()).await;
    let expired = connect(&server.url("localhost", &verified("verify-ca", &root))).await;
    assert!(expired.is(&not("the server's certificate has expired")), "{expired:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_can_be_bound_to_the_encrypted_channel() {
    let server = TlsServer::start().await;
    for mode in ["require", "prefer"] {
        for binding in ["require", "prefer", "disable"] {
            let parameters = format!("sslmode={mode}&channel_binding={binding}");
            assert_eq!(connect(&server.url("localhost", &parameters)).await, Encrypted, "{parameters}");
        }
    }
    server.offer(Offer::PlainOnly).await;
    for (parameters, expected) in [
        ("sslmode=prefer&channel_binding=prefer", Plain),
        (
            "sslmode=prefer&channel_binding=require",
            not("server did not use channel binding; channel_binding=require needs TLS"),
        ),
        ("sslmode=require&channel_binding=require", not("server does not support TLS")),
        ("sslmode=disable&channel_binding=require", not("channel_binding=require needs TLS: say sslmode=verify-full")),
    ] {
        let connected = connect(&server.url("localhost", parameters)).await;
        assert!(connected.is(&expected), "{parameters}: {connected:?}");
    }
}
