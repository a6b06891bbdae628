use actix_web::http::header;
use actix_web::{HttpResponse, get};
use hexado_domain::identity::SigningKey;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::WireError;
use super::visit::Visit;
use crate::state::Deps;

/// A JSON Web Key Set (RFC 7517).
#[derive(Default, Deserialize, Serialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// Read the public keys of our tokens
///
/// A JSON Web Key Set (RFC 7517) of the keys that sign tokens here.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "getKeySet",
    responses((status = 200, description = "The key set", body = Object))
)]
#[get("/jwks")]
pub(super) async fn jwks(visit: Visit) -> Result<HttpResponse, WireError> {
    let stored = if visit.state().options.builtin_identity { published(visit.deps()).await? } else { Vec::new() };
    let mut keys: Vec<Value> = stored.iter().filter_map(entry).collect();
    keys.extend(development_keys(visit.deps()));
    let mut answer = HttpResponse::Ok();
    Ok(answer.insert_header((header::CACHE_CONTROL, "public, max-age=60")).json(KeySet { keys }))
}

/// The first one who asks makes the first key.
async fn published(deps: &Deps) -> Result<Vec<SigningKey>, WireError> {
    let keys = deps.keys.published().await?;
    if !keys.is_empty() {
        return Ok(keys);
    }
    deps.keys.prepare().await?;
    Ok(deps.keys.published().await?)
}

fn development_keys(deps: &Deps) -> Vec<Value> {
    let key_set = deps.key_set.as_deref().and_then(|text| serde_json::from_str::<KeySet>(text).ok());
    key_set.unwrap_or_default().keys
}

/// What only private keys have (RFC 7518, section 6), should one ever stand where a public one belongs.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The key as a member of the set; `None` for one that the store damaged.
fn entry(key: &SigningKey) -> Option<Value> {
    let mut entry: Map<String, Value> = serde_json::from_str(&key.public_key).ok()?;
    entry.retain(|name, _| !PRIVATE.contains(&name.as_str()));
    entry.insert("alg".to_owned(), key.algorithm_name().into());
    entry.insert("kid".to_owned(), key.id.as_str().into());
    if let Some(curve) = &key.curve {
        entry.insert("crv".to_owned(), curve.as_str().into());
    }
    Some(entry.into())
}

#[cfg(test)]
mod tests {
    use hexado_domain::testing::fixtures::signing_key;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_private_member_is_never_published() {
        let misplaced =
            r#"{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA","p":"AA","q":"AA","dp":"AA","dq":"AA","qi":"AA"}"#;
        let key = SigningKey { public_key: misplaced.to_owned(), ..signing_key("k") };
        let expected = json!({ "kty": "OKP", "crv": "Ed25519", "x": "AA", "alg": "EdDSA", "kid": "k" });
        assert_eq!(entry(&key), Some(expected));
    }
}
