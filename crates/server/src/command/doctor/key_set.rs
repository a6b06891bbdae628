use hexado_jwks::{HttpOptions, InvalidKeySet, KeySetError, PublishedKey, examine};

use super::check::Check;
use crate::config::{Config, KeySet};

const NAME: &str = "JWKS_URL";

/// Whether the issuer's keys can be fetched, and used.
pub(super) async fn check(config: &Config) -> Option<Check> {
    let KeySet { url, .. } = config.tokens.key_set.as_ref()?;
    let address = format!("{}{}", url.origin().ascii_serialization(), url.path());
    Some(match examine(url, &HttpOptions::default()).await {
        Ok(keys) => Check::ok(NAME, format!("{address} publishes {}", list(&keys))),
        Err(error) => Check::fail(NAME, format!("{address}: {error}")).remedy(remedy(&error)),
    })
}

fn list(keys: &[PublishedKey]) -> String {
    let name = |key: &PublishedKey| match &key.kid {
        Some(kid) => format!("{} key `{kid}`", key.algorithm),
        None => format!("{} key without a name", key.algorithm),
    };
    keys.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn remedy(error: &KeySetError) -> &'static str {
    match error {
        KeySetError::Fetch(_) => "see whether the issuer runs, and whether this machine can reach it",
        KeySetError::Redirect(_) => "name the address that it leads to",
        KeySetError::KeySet(InvalidKeySet::Malformed) => {
            "name the key set itself, such as https://auth.example.com/api/auth/jwks of a Better Auth server"
        }
        KeySetError::KeySet(InvalidKeySet::NoUsableKey) => {
            "let the issuer publish a public key for signatures: EdDSA (Ed25519), ES256, or RSA of 2048 bits or more"
        }
        KeySetError::Options(_) => "see what the message says",
    }
}
