//! One-time passwords of authenticator apps (RFC 6238): SHA-1, six digits, steps of thirty seconds.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};
use data_encoding::{BASE32_NOPAD, BASE32_NOPAD_NOCASE};
use hexado_domain::entropy::Entropy;
use hexado_domain::identity::random;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use thiserror::Error;

use crate::cookie::COMPONENT;

const STEP_SECONDS: i64 = 30;
const DIGITS: u32 = 6;
/// Steps before and after the present one whose codes are good too: clocks differ, and typing takes time.
const WINDOW: i64 = 1;
const SECRET_CHARACTERS: usize = 32;
/// Marks secrets that came from elsewhere; those made here have no colon.
const IMPORTED: &str = "base32:";

/// What `URLSearchParams` escapes, but for the blank.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'*').remove(b'-').remove(b'.').remove(b'_');

/// The secret that an authenticator app and the server share.
///
/// As in the original, the key is not what the text of the secret encodes but the text itself; only imported secrets, written
/// `base32:…`, are decoded.
pub struct TotpSecret {
    stored: SecretString,
    key: SecretSlice<u8>,
}

impl TotpSecret {
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let text = random::text(entropy, random::URL_SAFE, SECRET_CHARACTERS);
        Self { key: text.as_bytes().to_vec().into(), stored: text.into() }
    }

    /// Reads what [`Self::stored`] gave.
    pub fn from_stored(stored: SecretString) -> Result<Self, InvalidTotpSecret> {
        let key = match stored.expose_secret().strip_prefix(IMPORTED) {
            Some(base32) => {
                BASE32_NOPAD_NOCASE.decode(base32.trim_end_matches('=').as_bytes()).map_err(|_| InvalidTotpSecret)?
            }
            None => stored.expose_secret().as_bytes().to_vec(),
        };
        if key.is_empty() {
            return Err(InvalidTotpSecret);
        }
        Ok(Self { stored, key: key.into() })
    }

    /// The text to keep, encrypted.
    pub fn stored(&self) -> &SecretString {
        &self.stored
    }

    /// The step whose code `code` is, if that step is at most one away from the one at `now`; of two such steps the earlier.
    ///
    /// A code can be seen over a shoulder: whoever accepts one should keep its step, and refuse codes of that step and of
    /// earlier ones from then on. Always compares all codes, each in constant time.
    pub fn matching_step(&self, code: &str, now: DateTime<Utc>) -> Option<u64> {
        let present = now.timestamp().div_euclid(STEP_SECONDS);
        let steps = (present - WINDOW..=present + WINDOW).filter_map(|step| u64::try_from(step).ok());
        steps.fold(None, |found, step| {
            let equal = verify_slices_are_equal(self.code(step).as_bytes(), code.as_bytes()).is_ok();
            found.or(equal.then_some(step))
        })
    }

    /// The code of a step (RFC 4226, section 5.3).
    pub fn code(&self, step: u64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.key.expose_secret());
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let offset = tag.as_ref().last().map_or(0, |byte| usize::from(byte & 0xf));
        let number =
            tag.as_ref()[offset..offset + 4].iter().fold(0, |number: u32, byte| number << 8 | u32::from(*byte));
        format!("{:06}", (number & 0x7fff_ffff) % 10_u32.pow(DIGITS))
    }

    /// The text of the QR code that an authenticator app scans. It holds the secret.
    pub fn uri(&self, issuer: &str, account: &str) -> SecretString {
        let base32 = Zeroizing::new(BASE32_NOPAD.encode(self.key.expose_secret()));
        let component = |text| utf8_percent_encode(text, COMPONENT);
        let form = utf8_percent_encode(issuer, FORM).to_string().replace("%20", "+");
        let (label, account) = (component(issuer), component(account));
        format!(
            "otpauth://totp/{label}:{account}?secret={}&issuer={form}&digits={DIGITS}&period={STEP_SECONDS}",
            base32.as_str()
        )
        .into()
    }
}

/// The text is no secret of one-time passwords.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not a secret of one-time passwords")]
pub struct InvalidTotpSecret;

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{Counter, better_auth};

    fn secret(stored: &str) -> TotpSecret {
        TotpSecret::from_stored(stored.into()).unwrap()
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, its last six digits; its secret is the text itself.
        let secret = secret("12345678901234567890");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let step = u64::try_from(seconds / STEP_SECONDS).unwrap();
            assert_eq!(secret.code(step), code);
            assert_eq!(secret.matching_step(code, at(seconds)), Some(step));
        }
    }

    #[test]
    fn codes_are_those_of_rfc_4226() {
        // Appendix D.
        let codes =
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        assert_eq!((0..10).map(|step| secret("12345678901234567890").code(step)).collect::<Vec<_>>(), codes);
    }

    #[test]
    fn a_code_is_good_from_one_step_before_its_own_to_one_after() {
        let secret = secret("0123456789abcdefghijABCDEFGHIJ-_");
        let code = secret.code(1000);
        for (seconds, step) in [(29_969, None), (29_970, Some(1000)), (30_059, Some(1000)), (30_060, None)] {
            assert_eq!(secret.matching_step(&code, at(seconds)), step, "{seconds}");
        }
    }

    #[test]
    fn what_is_no_code_matches_no_step() {
        let secret = secret("0123456789abcdefghijABCDEFGHIJ-_");
        let code = secret.code(1000);
        for refused in
            ["", &code[1..], &format!("{code}0"), &format!(" {code}"), &code.replace(&code[5..], "x"), "１２３４５６"]
        {
            assert_eq!(secret.matching_step(refused, at(30_000)), None, "{refused}");
        }
        assert_eq!(secret.matching_step(&code, at(-30_000)), None);
    }

    #[test]
    fn an_imported_secret_is_decoded() {
        // The base32 of RFC 6238's secret.
        for stored in ["base32:GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "base32:gezdgnbvgy3tqojqgezdgnbvgy3tqojq===="] {
            assert_eq!(secret(stored).code(1), "287082");
            assert_eq!(secret(stored).stored().expose_secret(), stored);
        }
        for stored in ["", "base32:", "base32:1", "base32:GEZDG!"] {
            assert_eq!(TotpSecret::from_stored(stored.into()).err(), Some(InvalidTotpSecret), "{stored}");
        }
    }

    #[test]
    fn the_uri_is_that_of_the_original() {
        let uri = secret("0123456789abcdefghijABCDEFGHIJ-_").uri("My App: Ümlaut*", "ann+x@example.com");
        assert_eq!(uri.expose_secret(), better_auth()["totpUri"].as_str().unwrap());
    }

    #[test]
    fn a_new_secret_has_32_characters_that_no_imported_one_begins_with() {
        let secret = TotpSecret::generate(&Counter::default());
        let stored = secret.stored().expose_secret();
        assert_eq!(stored.len(), 32);
        assert!(!stored.contains(':'));
        assert_eq!(TotpSecret::from_stored(stored.into()).unwrap().code(7), secret.code(7));
    }

    proptest! {
        #[test]
        fn every_code_is_found_within_a_step(start: u64, seconds in 60i64..4_000_000_000, skew in -30i64..=30) {
            let secret = TotpSecret::generate(&Counter::from(start));
            let step = u64::try_from(seconds / STEP_SECONDS).unwrap();
            let found = secret.matching_step(&secret.code(step), at(seconds) + TimeDelta::seconds(skew)).unwrap();
            // Two steps next to each other may have the same code.
            prop_assert_eq!(secret.code(found), secret.code(step));
        }
    }
}
