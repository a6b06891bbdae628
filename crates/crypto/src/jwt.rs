//! The compact form of signed tokens (RFC 7515, section 3.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

/// `header.claims.signature`, with the signature that `sign` makes over the first two parts. `claims` is JSON.
pub(crate) fn compact<S: AsRef<[u8]>, E>(
    header: &Value,
    claims: &str,
    sign: impl FnOnce(&[u8]) -> Result<S, E>,
) -> Result<String, E> {
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    let claims = URL_SAFE_NO_PAD.encode(claims);
    let message = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes())?);
    Ok(format!("{message}.{signature}"))
}

/// A token taken apart. Nothing of it has been checked.
pub(crate) struct Parts<'a> {
    /// What is signed.
    pub(crate) message: &'a str,
    pub(crate) header: Map<String, Value>,
    pub(crate) claims: Map<String, Value>,
    pub(crate) signature: Vec<u8>,
}

impl<'a> Parts<'a> {
    pub(crate) fn parse(token: &'a str) -> Option<Self> {
        let (message, signature) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let decode = |part| URL_SAFE_NO_PAD.decode(part).ok();
        let object = |part| serde_json::from_slice(&decode(part)?).ok();
        Some(Self { message, header: object(header)?, claims: object(claims)?, signature: decode(signature)? })
    }
}
