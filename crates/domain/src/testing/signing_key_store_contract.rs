//! The contract of [`SigningKeyStore`], run against every adapter with
//! [`signing_key_store_clauses!`](crate::signing_key_store_clauses), on a store without keys.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a clause fails by a panic")]

use chrono::TimeDelta;
use secrecy::ExposeSecret;

use super::fixtures::{noon, signing_key};
use crate::error::StoreError;
use crate::identity::{KeyReplacement, SigningKey, SigningKeyStore};

/// Calls a macro with the names of all clauses.
#[macro_export]
macro_rules! signing_key_store_clauses {
    ($tests:ident) => {
        $tests! {
            a_key_is_kept_whole
            the_newest_key_comes_first
            an_id_belongs_to_one_key
            a_new_key_ends_the_others_that_do_not_end_earlier
        }
    };
}

/// The others expire a day after noon.
fn replacement(key: SigningKey) -> KeyReplacement {
    KeyReplacement { key, others_expire_at: noon() + TimeDelta::days(1) }
}

pub async fn a_key_is_kept_whole(store: &dyn SigningKeyStore) {
    let key = SigningKey {
        public_key: "{\"kty\":\"OKP\"}".into(),
        private_key: "\"00ff\"".to_owned().into(),
        expires_at: Some(noon() + TimeDelta::days(30)),
        ..signing_key("one")
    };
    store.replace(&replacement(key.clone())).await.unwrap();
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
        let key = SigningKey { created_at, algorithm: None, curve: None, ..signing_key(id) };
        store.replace(&replacement(key)).await.unwrap();
    }
    let keys = store.all().await.unwrap();
    let ids: Vec<_> = keys.iter().map(|key| &*key.id).collect();
    assert_eq!(ids, ["three", "two", "one"]);
    assert!(keys.iter().all(|key| (&key.algorithm, &key.curve) == (&None, &None)));
}

pub async fn an_id_belongs_to_one_key(store: &dyn SigningKeyStore) {
    store.replace(&replacement(signing_key("one"))).await.unwrap();
    let result = store.replace(&replacement(signing_key("one"))).await;
    assert!(matches!(result, Err(StoreError::Conflict { .. })), "{result:?}");
    let keys = store.all().await.unwrap();
    assert_eq!((keys.len(), keys[0].expires_at), (1, None), "nothing happened");
}

pub async fn a_new_key_ends_the_others_that_do_not_end_earlier(store: &dyn SigningKeyStore) {
    let expiring = |id: &str, days: i64| SigningKey {
        expires_at: (days != 0).then(|| noon() + TimeDelta::days(days)),
        created_at: noon() + TimeDelta::seconds(days),
        ..signing_key(id)
    };
    let late = KeyReplacement { key: expiring("never", 0), others_expire_at: noon() + TimeDelta::days(100) };
    store.replace(&late).await.unwrap();
    store.replace(&KeyReplacement { key: expiring("late", 30), ..late.clone() }).await.unwrap();
    store.replace(&KeyReplacement { key: expiring("early", -1), ..late.clone() }).await.unwrap();
    store.replace(&replacement(expiring("new", 90))).await.unwrap();
    let keys = store.all().await.unwrap();
    let ends: Vec<_> = keys.iter().map(|key| (&*key.id, key.expires_at.map(|end| (end - noon()).num_days()))).collect();
    assert_eq!(ends, [("new", Some(90)), ("late", Some(1)), ("never", Some(1)), ("early", Some(-1))]);
}

lists_every_clause!(signing_key_store_clauses, "signing_key_store_contract.rs");
