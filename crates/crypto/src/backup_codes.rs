//! Codes that replace an authenticator app once each.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use hexado_domain::entropy::Entropy;
use hexado_domain::identity::random;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

const CODES: usize = 10;
const CHARACTERS: usize = 10;

/// The codes that a user has left.
pub struct BackupCodes(Vec<SecretString>);

impl BackupCodes {
    /// Ten codes of the form `xxxxx-xxxxx`.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let code = || {
            let text = random::text(entropy, random::LETTERS_AND_DIGITS, CHARACTERS);
            let (first, second) = text.split_at(CHARACTERS / 2);
            format!("{first}-{second}").into()
        };
        Self(std::iter::repeat_with(code).take(CODES).collect())
    }

    /// Reads what [`Self::to_json`] wrote.
    pub fn from_json(json: &SecretString) -> Result<Self, InvalidBackupCodes> {
        // The parser's own error could quote a code.
        let codes: Vec<String> = serde_json::from_str(json.expose_secret()).map_err(|_| InvalidBackupCodes)?;
        Ok(Self(codes.into_iter().map(Into::into).collect()))
    }

    /// The text to keep, encrypted: a JSON array.
    pub fn to_json(&self) -> SecretString {
        serde_json::json!(self.expose()).to_string().into()
    }

    /// The codes themselves, to be shown once.
    pub fn expose(&self) -> Vec<&str> {
        self.0.iter().map(ExposeSecret::expose_secret).collect()
    }

    /// The codes that are left when `code` is spent; nothing if it is none of them. Compares all, each in constant time.
    #[must_use = "a code that is not taken from the stored ones can be spent again"]
    pub fn spend(&self, code: &str) -> Option<Self> {
        let is_spent =
            |own: &SecretString| verify_slices_are_equal(own.expose_secret().as_bytes(), code.as_bytes()).is_ok();
        let left: Vec<SecretString> = self.0.iter().filter(|own| !is_spent(own)).cloned().collect();
        (left.len() < self.0.len()).then_some(Self(left))
    }
}

/// The text is no list of backup codes.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not a list of backup codes")]
pub struct InvalidBackupCodes;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Counter, better_auth};

    fn codes() -> BackupCodes {
        BackupCodes::generate(&Counter::default())
    }

    #[test]
    fn there_are_ten_codes_of_two_groups_of_five() {
        let codes = codes();
        assert_eq!(codes.expose().len(), 10);
        for code in codes.expose() {
            let (first, second) = code.split_once('-').unwrap();
            assert!(first.len() == 5 && second.len() == 5, "{code}");
            assert!(code.bytes().all(|byte| byte == b'-' || byte.is_ascii_alphanumeric()), "{code}");
        }
    }

    #[test]
    fn a_code_can_be_spent_once() {
        let codes = codes();
        let code = codes.expose()[3];
        let left = codes.spend(code).unwrap();
        assert_eq!(left.expose(), [&codes.expose()[..3], &codes.expose()[4..]].concat());
        assert!(left.spend(code).is_none());
    }

    #[test]
    fn what_is_no_code_spends_nothing() {
        let codes = codes();
        let code = codes.expose()[0];
        for refused in ["", &code[1..], &code.replace('-', ""), &format!("{code} ")] {
            assert!(codes.spend(refused).is_none(), "{refused}");
        }
    }

    #[test]
    fn codes_are_kept_as_the_original_keeps_them() {
        let plain = better_auth()["encrypted"]["plain"].as_str().unwrap().to_owned();
        let codes = BackupCodes::from_json(&plain.clone().into()).unwrap();
        assert_eq!(codes.expose(), ["aaaaa-bbbbb", "ccccc-ddddd"]);
        assert_eq!(codes.to_json().expose_secret(), plain);
        for refused in ["", "{}", "[1]", "null"] {
            assert!(BackupCodes::from_json(&refused.into()).is_err(), "{refused}");
        }
    }
}
