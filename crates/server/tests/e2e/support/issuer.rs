use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

use chrono::{DateTime, TimeDelta, Utc};
use hexado_crypto::{Claims, SigningKey};
use hexado_domain::clock::Clock as _;
use hexado_domain::id::UserId;
use hexado_domain::identity::SigningAlgorithm;
use hexado_local::{OsEntropy, SystemClock};

use super::Server;

/// Somebody else's server that signs tokens and publishes its key. It ends with the test.
pub(crate) struct Issuer {
    origin: String,
    key: SigningKey,
}

impl Issuer {
    pub(crate) fn start() -> Self {
        let key = SigningKey::generate(SigningAlgorithm::EdDsa, &OsEntropy).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let key_set = key.key_set();
        thread::spawn(move || listener.incoming().try_for_each(|stream| answer(stream?, &key_set)));
        Self { origin, key }
    }

    /// What `JWKS_URL` must be for the issuer's tokens to be accepted.
    pub(crate) fn key_set_url(&self) -> String {
        format!("{}/api/auth/jwks", self.origin)
    }

    /// A server that accepts the issuer's tokens and keeps its data at `database`.
    pub(crate) async fn server(&self, database: &str) -> Server {
        Server::start(&[("DATABASE_URL", database), ("JWKS_URL", &self.key_set_url())]).await
    }

    /// A token of `user` for one hour.
    pub(crate) fn token(&self, user: &str) -> String {
        self.key.sign(&claims(user, &self.origin)).unwrap()
    }
}

/// What a token of `user` says that is good for one hour where `origin` issues tokens for itself.
pub(crate) fn claims(user: &str, origin: &str) -> Claims {
    let issued_at: DateTime<Utc> = SystemClock.now();
    Claims {
        subject: UserId::from_stored(user),
        email: None,
        name: None,
        issuer: origin.to_owned(),
        audience: origin.to_owned(),
        issued_at,
        expires_at: issued_at + TimeDelta::hours(1),
    }
}

fn answer(mut stream: TcpStream, key_set: &str) -> std::io::Result<()> {
    let head = BufReader::new(stream.try_clone()?).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    assert!(head.count() > 0);
    let length = key_set.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{key_set}"
    )
}
