use async_trait::async_trait;
use hexado_domain::identity::{HashError, Password, PasswordHash, PasswordHasher, Verdict};
use secrecy::SecretString;

use crate::password::{HashingError, PasswordHashing, PoolError};

#[async_trait]
impl PasswordHasher for PasswordHashing {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        let hash = Self::hash(self, secret(password)).await.map_err(refused)?;
        Ok(PasswordHash::from_stored(hash))
    }

    /// A hash that cannot be used is nobody's password, and a warning: its user has to set a new one.
    async fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<Verdict, HashError> {
        match Self::verify(self, secret(password), Some(hash.as_str().to_owned())).await {
            Ok(verdict) if verdict.needs_rehash => Ok(Verdict::RightButOld),
            Ok(verdict) if verdict.valid => Ok(Verdict::Right),
            Ok(_) => Ok(Verdict::Wrong),
            Err(HashingError::Pool(error)) => Err(refused(error)),
            Err(HashingError::Unusable(error)) => {
                tracing::warn!(%error, "a stored password hash cannot be used");
                Ok(Verdict::Wrong)
            }
        }
    }

    async fn pretend(&self, password: &Password) -> Result<(), HashError> {
        match Self::verify(self, secret(password), None).await {
            Err(HashingError::Pool(error)) => Err(refused(error)),
            _ => Ok(()),
        }
    }
}

fn secret(password: &Password) -> SecretString {
    password.expose().into()
}

fn refused(error: PoolError) -> HashError {
    match error {
        PoolError::Busy => HashError::Busy,
        PoolError::Failed => HashError::Failed(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::password::{HashingPool, HashingPoolOptions};
    use crate::testing::Counter;

    /// bcrypt, cost 4, of `password-1`.
    const OLD: &str = "$2b$04$......................LAtw7/ohmmBAhnXqmkuIz83Rl5Qdjhm";

    fn hasher() -> Box<dyn PasswordHasher> {
        let pool = HashingPool::start(&HashingPoolOptions::default()).unwrap();
        Box::new(PasswordHashing::new(Arc::new(pool), Arc::new(Counter::default())))
    }

    #[tokio::test]
    async fn a_password_is_right_for_its_hash_only() {
        let (hasher, password) = (hasher(), Password::parse("password-1").unwrap());
        let hash = hasher.hash(&password).await.unwrap();
        assert_eq!(hasher.verify(&password, &hash).await.unwrap(), Verdict::Right);
        let other = Password::parse("password-2").unwrap();
        assert_eq!(hasher.verify(&other, &hash).await.unwrap(), Verdict::Wrong);
        hasher.pretend(&password).await.unwrap();
    }

    #[tokio::test]
    async fn a_hash_that_cannot_be_used_is_nobodys_password() {
        let (hasher, password) = (hasher(), Password::parse("password-1").unwrap());
        for hash in ["", "password-1", "$2b$31$......................LAtw7/ohmmBAhnXqmkuIz83Rl5Qdjhm"] {
            let hash = PasswordHash::from_stored(hash.to_owned());
            assert_eq!(hasher.verify(&password, &hash).await.unwrap(), Verdict::Wrong);
        }
        let old = hasher.verify(&password, &PasswordHash::from_stored(OLD.to_owned())).await.unwrap();
        assert_ne!(old, Verdict::Right);
    }
}
