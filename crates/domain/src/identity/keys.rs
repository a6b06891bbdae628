use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};

use super::claims::SessionClaims;
use super::error::IdentityError;
use super::key::{KeyPolicy, KeyReplacement, SigningKey};
use super::ports::{SigningError, SigningKeyStore, TokenSigner};
use super::random;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::error::StoreError;

/// How long the keys that were read may be signed with before they are read again.
const READ_AGAIN: TimeDelta = TimeDelta::seconds(60);

/// Signs our tokens with a key of the store, and makes one where there is none.
pub struct KeyService {
    store: Arc<dyn SigningKeyStore>,
    signer: Arc<dyn TokenSigner>,
    policy: KeyPolicy,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    read: RwLock<Option<Read>>,
}

/// Keys, and when they were read.
#[derive(Clone)]
struct Read {
    keys: Arc<[SigningKey]>,
    at: DateTime<Utc>,
}

impl KeyService {
    pub fn new(
        store: Arc<dyn SigningKeyStore>,
        signer: Arc<dyn TokenSigner>,
        policy: KeyPolicy,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { store, signer, policy, clock, entropy, read: RwLock::new(None) }
    }

    /// The JWT of these claims, by the newest key that the policy wants. Keys that cannot be read any more, because the secret was changed, are passed over.
    pub async fn sign(&self, claims: &SessionClaims<'_>) -> Result<String, IdentityError> {
        let now = self.clock.now();
        for key in self.keys(now).await?.iter().filter(|key| self.policy.signs(key, now)) {
            match self.signer.sign(key, claims) {
                Err(SigningError::Unreadable) => {}
                signed => return Ok(signed?),
            }
        }
        let key = self.make(now).await?;
        Ok(self.signer.sign(&key, claims)?)
    }

    /// The keys whose tokens count, as they are in the store now.
    pub async fn published(&self) -> Result<Vec<SigningKey>, StoreError> {
        let now = self.clock.now();
        let keys = self.read(now).await?;
        Ok(keys.iter().filter(|key| self.policy.verifies(key, now)).cloned().collect())
    }

    /// Makes the first key, so that the key set is not empty.
    pub async fn prepare(&self) -> Result<(), IdentityError> {
        let now = self.clock.now();
        if !self.read(now).await?.iter().any(|key| self.policy.signs(key, now)) {
            self.make(now).await?;
        }
        Ok(())
    }

    async fn keys(&self, now: DateTime<Utc>) -> Result<Arc<[SigningKey]>, StoreError> {
        let read = self.read.read().unwrap_or_else(PoisonError::into_inner).clone();
        match read.filter(|read| now - read.at < READ_AGAIN) {
            Some(read) => Ok(read.keys),
            None => self.read(now).await,
        }
    }

    async fn read(&self, now: DateTime<Utc>) -> Result<Arc<[SigningKey]>, StoreError> {
        let keys: Arc<[SigningKey]> = self.store.all().await?.into();
        self.remember(Some(Read { keys: Arc::clone(&keys), at: now }));
        Ok(keys)
    }

    async fn make(&self, now: DateTime<Utc>) -> Result<SigningKey, IdentityError> {
        let id = random::record_id(&*self.entropy);
        let key = self.signer.generate(id, self.policy.algorithm, now).await?;
        let replacement = self.policy.replacement(key, now);
        self.store.replace(&replacement).await?;
        let KeyReplacement { key, .. } = replacement;
        tracing::warn!(kid = key.id, algorithm = key.algorithm_name(), "made a key that signs tokens");
        self.remember(None);
        Ok(key)
    }

    fn remember(&self, read: Option<Read>) {
        *self.read.write().unwrap_or_else(PoisonError::into_inner) = read;
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::SigningAlgorithm;
    use super::super::ports::{MockSigningKeyStore, MockTokenSigner};
    use super::*;
    use crate::testing::fixtures::{noon, signed_in, signing_key};
    use crate::testing::{CountingEntropy, FixedClock};

    fn service(store: MockSigningKeyStore, signer: MockTokenSigner, clock: &Arc<FixedClock>) -> KeyService {
        with(KeyPolicy::default(), store, signer, clock)
    }

    fn with(
        policy: KeyPolicy,
        store: MockSigningKeyStore,
        signer: MockTokenSigner,
        clock: &Arc<FixedClock>,
    ) -> KeyService {
        let (store, signer, entropy) = (Arc::new(store), Arc::new(signer), Arc::new(CountingEntropy::default()));
        let clock: Arc<dyn Clock> = Arc::clone(clock) as Arc<dyn Clock>;
        KeyService::new(store, signer, policy, clock, entropy)
    }

    async fn sign(service: &KeyService) -> Result<String, IdentityError> {
        let ann = signed_in("ann");
        service.sign(&SessionClaims::of(&ann, "https://api.example", TimeDelta::minutes(15), noon())).await
    }

    /// Signs with `readable` keys only, and with their names.
    fn reading(readable: &'static str) -> MockTokenSigner {
        let mut signer = MockTokenSigner::new();
        signer.expect_sign().returning(move |key, _| {
            if key.id.starts_with(readable) { Ok(key.id.clone()) } else { Err(SigningError::Unreadable) }
        });
        signer.expect_generate().returning(|_, _, _| Ok(signing_key("new")));
        signer
    }

    #[tokio::test]
    async fn the_newest_key_signs_and_is_read_once_a_minute() {
        let clock = Arc::new(FixedClock::at(noon()));
        let mut store = MockSigningKeyStore::new();
        store.expect_all().times(2).returning(|| Ok(vec![signing_key("newer"), signing_key("older")]));
        let service = service(store, reading(""), &clock);
        for _ in 0..3 {
            assert_eq!(sign(&service).await.unwrap(), "newer");
        }
        clock.advance(READ_AGAIN);
        assert_eq!(sign(&service).await.unwrap(), "newer");
    }

    #[tokio::test]
    async fn a_key_is_made_where_none_is_or_none_can_be_read() {
        for keys in [vec![], vec![signing_key("damaged")]] {
            let mut store = MockSigningKeyStore::new();
            store.expect_all().returning(move || Ok(keys.clone()));
            store.expect_replace().withf(|made| made.key.id == "new").once().returning(|_| Ok(()));
            let service = service(store, reading("new"), &Arc::new(FixedClock::at(noon())));
            assert_eq!(sign(&service).await.unwrap(), "new");
        }
    }

    #[tokio::test]
    async fn a_key_of_the_wanted_algorithm_is_made_beside_one_of_another() {
        let mut store = MockSigningKeyStore::new();
        store.expect_all().returning(|| Ok(vec![signing_key("ed25519")]));
        store.expect_replace().once().returning(|_| Ok(()));
        let mut signer = MockTokenSigner::new();
        signer.expect_generate().withf(|_, algorithm, _| *algorithm == SigningAlgorithm::Es512).once().returning(
            |_, algorithm, _| Ok(SigningKey { algorithm: Some(algorithm.name().into()), ..signing_key("new") }),
        );
        signer.expect_sign().returning(|key, _| Ok(key.id.clone()));
        let policy = KeyPolicy { algorithm: SigningAlgorithm::Es512, ..KeyPolicy::default() };
        let service = with(policy, store, signer, &Arc::new(FixedClock::at(noon())));
        assert_eq!(sign(&service).await.unwrap(), "new");
        assert_eq!(service.published().await.unwrap()[0].id, "ed25519");
    }

    #[tokio::test]
    async fn an_expired_key_is_replaced_by_one_that_expires_too() {
        let policy = KeyPolicy { rotated_after: Some(TimeDelta::days(90)), ..KeyPolicy::default() };
        let mut store = MockSigningKeyStore::new();
        let expired = SigningKey { expires_at: Some(noon()), ..signing_key("expired") };
        store.expect_all().returning(move || Ok(vec![expired.clone()]));
        let end = noon() + TimeDelta::days(90);
        store.expect_replace().withf(move |made| made.key.expires_at == Some(end)).once().returning(|_| Ok(()));
        let service = with(policy, store, reading(""), &Arc::new(FixedClock::at(noon())));
        assert_eq!(sign(&service).await.unwrap(), "new");
    }

    #[tokio::test]
    async fn a_replaced_key_is_published_for_its_grace() {
        let clock = Arc::new(FixedClock::at(noon()));
        let mut store = MockSigningKeyStore::new();
        let replaced = SigningKey { expires_at: Some(noon()), ..signing_key("replaced") };
        store.expect_all().returning(move || Ok(vec![signing_key("k"), replaced.clone()]));
        let service = service(store, MockTokenSigner::new(), &clock);
        assert_eq!(service.published().await.unwrap().len(), 2);
        clock.advance(TimeDelta::days(30));
        assert_eq!(service.published().await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn preparing_makes_the_first_key_only() {
        for (keys, made) in [(vec![], 1), (vec![signing_key("k")], 0)] {
            let mut store = MockSigningKeyStore::new();
            store.expect_all().returning(move || Ok(keys.clone()));
            store.expect_replace().times(made).returning(|_| Ok(()));
            service(store, reading(""), &Arc::new(FixedClock::at(noon()))).prepare().await.unwrap();
        }
    }
}
