//! The compact form of signed tokens (RFC 7515, section 3.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::claims::Claims;

/// `header.claims.signature`, with the signature that `sign` makes over the first two parts.
pub(crate) fn compact<S: AsRef<[u8]>>(header: &Value, claims: &Claims, sign: impl FnOnce(&[u8]) -> S) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let message = format!("{}.{}", part(header), part(&claims.to_json()));
    let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}
