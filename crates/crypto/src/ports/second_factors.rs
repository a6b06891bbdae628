use std::sync::Arc;

use chrono::{DateTime, Utc};
use hexado_domain::entropy::Entropy;
use hexado_domain::error::Cause;
use hexado_domain::identity::{self, Sealed, SecondFactors, UnusableFactor};
use secrecy::SecretString;

use crate::backup_codes::BackupCodes;
use crate::cipher::Cipher;
use crate::totp::TotpSecret;

/// Makes and reads second factors that lie encrypted in the database.
pub struct FactorVault {
    cipher: Arc<Cipher>,
    entropy: Arc<dyn Entropy>,
}

impl FactorVault {
    pub fn new(cipher: Arc<Cipher>, entropy: Arc<dyn Entropy>) -> Self {
        Self { cipher, entropy }
    }

    fn seal(&self, text: &SecretString) -> Result<Sealed, UnusableFactor> {
        self.cipher.encrypt(text, &*self.entropy).map(Sealed::from_stored).map_err(unusable)
    }

    fn secret(&self, sealed: &Sealed) -> Result<TotpSecret, UnusableFactor> {
        let stored = self.cipher.decrypt(sealed.as_str()).map_err(unusable)?;
        TotpSecret::from_stored(stored).map_err(unusable)
    }

    fn codes(&self, sealed: &Sealed) -> Result<BackupCodes, UnusableFactor> {
        let json = self.cipher.decrypt(sealed.as_str()).map_err(unusable)?;
        BackupCodes::from_json(&json).map_err(unusable)
    }
}

impl SecondFactors for FactorVault {
    fn new_secret(&self) -> Result<Sealed, UnusableFactor> {
        self.seal(TotpSecret::generate(&*self.entropy).stored())
    }

    fn uri(&self, secret: &Sealed, issuer: &str, account: &str) -> Result<SecretString, UnusableFactor> {
        Ok(self.secret(secret)?.uri(issuer, account))
    }

    fn matching_step(&self, secret: &Sealed, code: &str, now: DateTime<Utc>) -> Result<Option<i64>, UnusableFactor> {
        let step = self.secret(secret)?.matching_step(code, now);
        step.map(i64::try_from).transpose().map_err(unusable)
    }

    fn new_backup_codes(&self) -> Result<identity::BackupCodes, UnusableFactor> {
        let codes = BackupCodes::generate(&*self.entropy);
        let shown = codes.expose().into_iter().map(SecretString::from).collect();
        Ok(identity::BackupCodes { shown, sealed: self.seal(&codes.to_json())? })
    }

    fn spend_backup_code(&self, codes: &Sealed, code: &str) -> Result<Option<Sealed>, UnusableFactor> {
        self.codes(codes)?.spend(code).map(|left| self.seal(&left.to_json())).transpose()
    }
}

fn unusable(error: impl Into<Cause>) -> UnusableFactor {
    UnusableFactor(error.into())
}

#[cfg(test)]
mod tests {
    use hexado_domain::testing::fixtures::noon;
    use secrecy::ExposeSecret;

    use super::*;
    use crate::testing::{Counter, SECRET};

    fn vault(secret: &str) -> FactorVault {
        FactorVault::new(Arc::new(Cipher::new(&secret.into())), Arc::new(Counter::default()))
    }

    #[test]
    fn a_code_is_that_of_the_secret_in_every_process_that_can_read_it() {
        let sealed = vault(SECRET).new_secret().unwrap();
        let stored = Cipher::new(&SECRET.into()).decrypt(sealed.as_str()).unwrap();
        let step = noon().timestamp() / 30;
        let code = TotpSecret::from_stored(stored).unwrap().code(u64::try_from(step).unwrap());
        assert_eq!(vault(SECRET).matching_step(&sealed, &code, noon()).unwrap(), Some(step));
        assert_eq!(vault(SECRET).matching_step(&sealed, "12345", noon()).unwrap(), None);
        assert!(vault("another").matching_step(&sealed, &code, noon()).is_err());
    }

    #[test]
    fn a_uri_names_issuer_and_account() {
        let sealed = vault(SECRET).new_secret().unwrap();
        let uri = vault(SECRET).uri(&sealed, "Hexado", "ann@example.com").unwrap();
        assert!(uri.expose_secret().starts_with("otpauth://totp/Hexado:ann%40example.com?secret="));
    }

    #[test]
    fn a_backup_code_is_spent_once() {
        let codes = vault(SECRET).new_backup_codes().unwrap();
        let code = codes.shown[3].expose_secret();
        let left = vault(SECRET).spend_backup_code(&codes.sealed, code).unwrap().unwrap();
        assert!(vault(SECRET).spend_backup_code(&left, code).unwrap().is_none());
        assert!(vault(SECRET).spend_backup_code(&left, codes.shown[4].expose_secret()).unwrap().is_some());
        assert!(vault("another").spend_backup_code(&left, code).is_err());
    }

    #[test]
    fn what_is_no_second_factor_is_unusable() {
        let sealed = vault(SECRET).seal(&"not a list".into()).unwrap();
        assert!(vault(SECRET).spend_backup_code(&sealed, "aaaaa-bbbbb").is_err());
        assert!(vault(SECRET).uri(&vault(SECRET).seal(&"base32:!".into()).unwrap(), "Hexado", "ann").is_err());
        assert!(vault(SECRET).uri(&Sealed::from_stored("plain".to_owned()), "Hexado", "ann").is_err());
    }
}
