//! The contract of [`SigningKeyStore`], run against every adapter with
//! [`signing_key_store_clauses!`](crate::signing_key_store_clauses), on a store without keys.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a clause fails by a panic")]

use chrono::TimeDelta;
use secrecy::ExposeSecret;

use super::fixtures::{noon, signing_key};
use crate::error::StoreError;
use crate::identity::{SigningKey, SigningKeyStore};

/// Calls a macro with the names of all clauses.
#[macro_export]
macro_rules! signing_key_store_clauses {
    ($tests:ident) => {
        $tests! {
            a_key_is_kept_whole
            the_newest_key_comes_first
            an_id_belongs_to_one_key
        }
    };
}

pub async fn a_key_is_kept_whole(store: &dyn SigningKeyStore) {
    let key = SigningKey {
        public_key: "{\"kty\":\"OKP\"}".into(),
        private_key: "\"00ff\"".to_owned().into(),
        expires_at: Some(noon() + TimeDelta::days(30)),
        ..signing_key("one")
    };
    store.add(&key).await.unwrap();
    let keys = store.all().await.unwrap();
    let [SigningKey { id, public_key, private_key, created_at, expires_at, algorithm, curve }] = &keys[..] else {
        panic!("{keys:?}");
    };
    assert_eq!((id, public_key, private_key.expose_secret()), (&key.id, &key.public_key, "\"00ff\""));
    assert_eq!((created_at, expires_at), (&key.created_at, &key.expires_at));
    assert_eq!((algorithm, curve), (&key.algorithm, &key.curve));
}

pub async fn the_newest_key_comes_first(store: &dyn SigningKeyStore) {
    assert!(store.all().await.unwrap().is_empty());
    for (id, second) in [("two", 2), ("three", 3), ("one", 1)] {
        let created_at = noon() + TimeDelta::seconds(second);
        store.add(&SigningKey { created_at, algorithm: None, curve: None, ..signing_key(id) }).await.unwrap();
    }
    let keys = store.all().await.unwrap();
    let ids: Vec<_> = keys.iter().map(|key| &*key.id).collect();
    assert_eq!(ids, ["three", "two", "one"]);
    assert!(keys.iter().all(|key| (&key.algorithm, &key.curve, key.expires_at) == (&None, &None, None)));
}

pub async fn an_id_belongs_to_one_key(store: &dyn SigningKeyStore) {
    store.add(&signing_key("one")).await.unwrap();
    let result = store.add(&signing_key("one")).await;
    assert!(matches!(result, Err(StoreError::Conflict { .. })), "{result:?}");
    assert_eq!(store.all().await.unwrap().len(), 1);
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_clause_is_in_the_list() {
        macro_rules! names {
            ($($clause:ident)*) => { [$(stringify!($clause)),*] };
        }
        let listed = crate::signing_key_store_clauses!(names);
        let written: Vec<_> = include_str!("signing_key_store_contract.rs").split("\npub async fn ").skip(1).collect();
        assert_eq!(written.len(), listed.len());
        assert!(written.iter().all(|text| listed.iter().any(|name| text.starts_with(&format!("{name}(")))));
    }
}
