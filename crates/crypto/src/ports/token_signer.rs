use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use hexado_domain::entropy::Entropy;
use hexado_domain::identity::{self, SessionClaims, SigningAlgorithm, SigningError, TokenSigner};

use crate::cipher::Cipher;
use crate::signing_key::SigningKey;
use crate::stored_key::StoredKey;

/// Signs with keys that lie encrypted in the database. Those that were opened stay in memory.
pub struct KeyVault {
    cipher: Arc<Cipher>,
    entropy: Arc<dyn Entropy>,
    opened: RwLock<HashMap<String, Arc<SigningKey>>>,
}

impl KeyVault {
    pub fn new(cipher: Arc<Cipher>, entropy: Arc<dyn Entropy>) -> Self {
        Self { cipher, entropy, opened: RwLock::default() }
    }

    fn open(&self, key: &identity::SigningKey) -> Result<Arc<SigningKey>, SigningError> {
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner).get(&key.id).cloned();
        if let Some(opened) = opened {
            return Ok(opened);
        }
        let stored = StoredKey {
            id: key.id.clone(),
            algorithm: SigningAlgorithm::from_name(key.algorithm_name()).ok_or(SigningError::Unreadable)?,
            public_key: key.public_key.clone(),
            private_key: key.private_key.clone(),
        };
        let opened = Arc::new(stored.open(&self.cipher).map_err(|_| SigningError::Unreadable)?);
        self.opened.write().unwrap_or_else(PoisonError::into_inner).insert(key.id.clone(), Arc::clone(&opened));
        Ok(opened)
    }
}

#[async_trait]
impl TokenSigner for KeyVault {
    async fn generate(
        &self,
        id: String,
        algorithm: SigningAlgorithm,
        at: DateTime<Utc>,
    ) -> Result<identity::SigningKey, SigningError> {
        let (cipher, entropy) = (Arc::clone(&self.cipher), Arc::clone(&self.entropy));
        let make = move || {
            let key = SigningKey::generate(algorithm, &*entropy).map_err(failed)?.named(id);
            StoredKey::seal(&key, &cipher, &*entropy).map_err(failed)
        };
        let stored = tokio::task::spawn_blocking(make).await.map_err(failed)??;
        Ok(identity::SigningKey {
            id: stored.id,
            public_key: stored.public_key,
            private_key: stored.private_key,
            created_at: at,
            expires_at: None,
            algorithm: Some(algorithm.name().to_owned()),
            curve: algorithm.curve().map(str::to_owned),
        })
    }

    fn sign<'a>(&self, key: &identity::SigningKey, claims: &SessionClaims<'a>) -> Result<String, SigningError> {
        let key = self.open(key)?;
        let claims = serde_json::to_string(claims).map_err(failed)?;
        key.sign_json(&claims).map_err(failed)
    }
}

fn failed(error: impl Into<hexado_domain::error::Cause>) -> SigningError {
    SigningError::Failed(error.into())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use chrono::TimeDelta;
    use hexado_domain::testing::fixtures::{noon, signed_in};

    use super::*;
    use crate::testing::{Counter, SECRET};

    fn vault(secret: &str) -> KeyVault {
        KeyVault::new(Arc::new(Cipher::new(&secret.into())), Arc::new(Counter::default()))
    }

    fn sign(vault: &KeyVault, key: &identity::SigningKey) -> Result<String, SigningError> {
        let ann = signed_in("ann");
        vault.sign(key, &SessionClaims::of(&ann, "https://api.example.com", TimeDelta::minutes(15), noon()))
    }

    #[tokio::test]
    async fn a_key_signs_in_every_process_that_has_the_secret() {
        for algorithm in SigningAlgorithm::ALL {
            let key = vault(SECRET).generate("k".into(), algorithm, noon()).await.unwrap();
            assert_eq!(key.algorithm.as_deref(), Some(algorithm.name()));
            assert_eq!(sign(&vault(SECRET), &key).unwrap().split('.').count(), 3);
        }
    }

    #[tokio::test]
    async fn claims_stand_in_the_order_of_the_original_and_ours_after_them() {
        let key = vault(SECRET).generate("k".into(), SigningAlgorithm::EdDsa, noon()).await.unwrap();
        let token = sign(&vault(SECRET), &key).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        let claims = String::from_utf8(claims).unwrap();
        let order = ["iat", "name", "email", "banned", "id", "sub", "exp", "iss", "aud", "sid", "auth_time", "amr"];
        let places = order.map(|name| claims.find(&format!("\"{name}\":")).unwrap());
        assert!(places.is_sorted(), "{claims}");
    }

    #[tokio::test]
    async fn a_key_of_another_secret_is_unreadable() {
        let key = vault(SECRET).generate("k".into(), SigningAlgorithm::EdDsa, noon()).await.unwrap();
        assert!(matches!(sign(&vault("another"), &key), Err(SigningError::Unreadable)));
    }
}
