use std::sync::Arc;

use hexado_domain::entropy::Entropy;
use secrecy::SecretString;
use thiserror::Error;

use super::{HashingPool, PoolError, UnusableHash, Verdict};

/// Hashes and verifies passwords on a [`HashingPool`].
#[derive(Clone)]
pub struct PasswordHashing {
    pool: Arc<HashingPool>,
    entropy: Arc<dyn Entropy>,
}

impl PasswordHashing {
    pub fn new(pool: Arc<HashingPool>, entropy: Arc<dyn Entropy>) -> Self {
        Self { pool, entropy }
    }

    /// The text to keep in place of `password`.
    pub async fn hash(&self, password: SecretString) -> Result<String, PoolError> {
        let entropy = Arc::clone(&self.entropy);
        self.pool.run(move || super::hash(&password, &*entropy)).await
    }

    /// Compares `password` with the stored hash of a user, or with nothing if there is no such user: the answer is the same as
    /// for a wrong password, and takes as long. A hash that cannot be used takes as long, too.
    ///
    /// Foreign hashes take their own time, until they are replaced at the first sign-in: up to then, their users can be
    /// told by the clock.
    pub async fn verify(&self, password: SecretString, stored: Option<String>) -> Result<Verdict, HashingError> {
        let verify = move || match stored {
            Some(stored) => super::verify(&password, &stored).inspect_err(|_| {
                super::verify_nothing(&password);
            }),
            None => Ok(super::verify_nothing(&password)),
        };
        Ok(self.pool.run(verify).await??)
    }
}

/// Why a password was not compared.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum HashingError {
    #[error(transparent)]
    Pool(#[from] PoolError),
    #[error(transparent)]
    Unusable(#[from] UnusableHash),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::HashingPoolOptions;
    use crate::testing::Counter;

    fn hashing(queue: usize) -> PasswordHashing {
        let options = HashingPoolOptions { queue, ..HashingPoolOptions::default() };
        PasswordHashing::new(Arc::new(HashingPool::start(&options).unwrap()), Arc::new(Counter::default()))
    }

    #[tokio::test]
    async fn a_password_is_hashed_and_verified() {
        let hashing = hashing(1);
        let stored = hashing.hash("password-1".into()).await.unwrap();
        for (password, valid) in [("password-1", true), ("password-2", false)] {
            let verdict = hashing.verify(password.into(), Some(stored.clone())).await;
            assert_eq!(verdict, Ok(Verdict { valid, needs_rehash: false }));
        }
    }

    #[tokio::test]
    async fn nobody_has_a_password() {
        assert_eq!(hashing(1).verify("password-1".into(), None).await, Ok(Verdict::WRONG));
    }

    #[tokio::test]
    async fn a_hash_that_cannot_be_used_is_an_error() {
        let verdict = hashing(1).verify("password-1".into(), Some("password-1".into())).await;
        assert_eq!(verdict, Err(HashingError::Unusable(UnusableHash::Form)));
    }
}
