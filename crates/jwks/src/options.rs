use std::time::Duration;

use chrono::TimeDelta;
use secrecy::SecretString;
use thiserror::Error;
use url::Url;

use crate::key_set::InvalidKeySet;

/// Whose tokens are accepted.
#[derive(Debug, Default)]
pub struct Options {
    pub issuers: Vec<IssuerOptions>,
    /// `None` refuses every token that is signed with HS256.
    pub hs256: Option<Hs256Options>,
    pub http: HttpOptions,
}

/// An issuer that publishes its keys.
#[derive(Debug)]
pub struct IssuerOptions {
    pub keys: KeySource,
    pub expected: Expected,
}

/// Where an issuer's JSON Web Key Set comes from.
#[derive(Debug)]
pub enum KeySource {
    /// `http` or `https`; fetched when a token needs it.
    Url(Url),
    /// The key set itself.
    Static(String),
}

/// An issuer that shares a secret with us.
#[derive(Debug)]
pub struct Hs256Options {
    /// Its UTF-8 bytes are the key as they are.
    pub secret: SecretString,
    pub mode: Hs256Mode,
}

#[derive(Debug)]
pub enum Hs256Mode {
    On(Expected),
    /// `iss` and `aud` are not looked at, for issuers that put nothing but `sub` and `exp` in.
    SubOnly,
}

/// For whom a token must be meant, and by whom.
#[derive(Debug)]
pub struct Expected {
    pub issuer: Check,
    pub audience: Check,
}

/// What a claim must be.
#[derive(Debug)]
pub enum Check {
    Exactly(String),
    /// Anything, or absent.
    Any,
}

impl From<Option<String>> for Check {
    /// `None` is anything.
    fn from(value: Option<String>) -> Self {
        value.map_or(Self::Any, Self::Exactly)
    }
}

/// How key sets are fetched.
#[derive(Clone, Copy, Debug)]
pub struct HttpOptions {
    /// From connecting to the last byte.
    pub timeout: Duration,
    /// Bytes that a key set has at most.
    pub max_bytes: usize,
    /// Age at which a key set that is used is fetched again; up to a tenth less, so that servers that started together do
    /// not ask together.
    pub refresh_every: TimeDelta,
    /// Least time between two fetches of a key set, whatever came of the first.
    pub retry_after: TimeDelta,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(2),
            max_bytes: 256 * 1024,
            refresh_every: TimeDelta::minutes(5),
            retry_after: TimeDelta::seconds(10),
        }
    }
}

/// Why there can be no verifier with these options.
#[derive(Debug, Error)]
pub enum OptionsError {
    #[error("key sets are fetched over http and https, not over {scheme}")]
    Scheme { scheme: String },
    #[error("the given key set cannot be used")]
    KeySet(#[from] InvalidKeySet),
    #[error("the shared secret is empty")]
    EmptySecret,
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    #[error("the HTTP client cannot be set up")]
    Http(#[from] reqwest::Error),
}
