use actix_web::http::header;
use actix_web::{HttpResponse, get};
use hexado_domain::identity::SigningKey;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::error::WireError;
use super::visit::Visit;
use crate::extract::Fields;
use crate::state::Deps;

/// A JSON Web Key Set (RFC 7517).
#[derive(Deserialize, Serialize)]
struct KeySet<K> {
    keys: Vec<K>,
}

/// A key of the set: its members as they are written.
struct Entry(Vec<(String, Value)>);

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
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
    let mut keys: Vec<_> = stored.iter().filter_map(entry).collect();
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

fn development_keys(deps: &Deps) -> Vec<Entry> {
    let key_set = deps.key_set.as_deref().and_then(|text| serde_json::from_str::<KeySet<Fields>>(text).ok());
    key_set.map(|set| set.keys.into_iter().map(|key| Entry(key.into_members())).collect()).unwrap_or_default()
}

/// What only private keys have (RFC 7518, section 6), should one ever stand where a public one belongs.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The key as a member of the set, in the order of the original; `None` for one that the store damaged.
fn entry(key: &SigningKey) -> Option<Entry> {
    let public = serde_json::from_str::<Fields>(&key.public_key).ok()?.into_members();
    let algorithm = key.algorithm_name();
    let curve = key.curve.as_deref().map(|curve| ("crv", curve));
    let first: Vec<_> = [("alg", algorithm)].into_iter().chain(curve).collect();
    let rest = public.into_iter().filter(|(name, _)| {
        let name = name.as_str();
        name != "kid" && !PRIVATE.contains(&name) && first.iter().all(|(known, _)| *known != name)
    });
    let text = |(name, value): &(&str, &str)| ((*name).to_owned(), Value::from(*value));
    Some(Entry(first.iter().map(text).chain(rest).chain([text(&("kid", &key.id))]).collect()))
}

#[cfg(test)]
mod tests {
    use hexado_domain::testing::fixtures::signing_key;

    use super::*;

    #[test]
    fn a_private_member_is_never_published() {
        let members = PRIVATE.map(|name| format!(r#""{name}":"secret","#)).concat();
        let key = SigningKey { public_key: format!(r#"{{{members}"x":"abc","kid":"other"}}"#), ..signing_key("k") };
        let published = serde_json::to_string(&entry(&key).unwrap()).unwrap();
        assert_eq!(published, r#"{"alg":"EdDSA","crv":"Ed25519","x":"abc","kid":"k"}"#);
    }

    #[test]
    fn a_damaged_key_is_left_out() {
        assert!(entry(&SigningKey { public_key: "{".to_owned(), ..signing_key("k") }).is_none());
    }
}
