//! Better Auth's own form: `salt:key`, both in lower-case hex.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::HEXLOWER;
use hexado_domain::entropy::Entropy;
use scrypt::{Params, scrypt};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

const LOG_N: u8 = 14;
const R: u32 = 16;
const P: u32 = 1;
const SALT_BYTES: usize = 16;
const KEY_BYTES: usize = 64;

type Key = Zeroizing<[u8; KEY_BYTES]>;

pub(super) fn hash(password: &SecretString, entropy: &dyn Entropy) -> String {
    let mut salt = [0; SALT_BYTES];
    entropy.fill(&mut salt);
    let salt = HEXLOWER.encode(&salt);
    let key = derive(password, &salt);
    format!("{salt}:{}", HEXLOWER.encode(&*key))
}

/// A stored hash, taken apart.
pub(super) struct Hash<'a> {
    salt: &'a str,
    key: Key,
}

impl Hash<'_> {
    /// Of no password that anybody knows.
    pub(super) fn nobodys() -> Hash<'static> {
        Hash { salt: "00000000000000000000000000000000", key: Key::new([0; KEY_BYTES]) }
    }

    pub(super) fn is_of(&self, password: &SecretString) -> bool {
        verify_slices_are_equal(&*derive(password, self.salt), &*self.key).is_ok()
    }
}

impl<'a> Hash<'a> {
    /// The parameters are not part of the text, so there is nothing in it that could cost too much.
    pub(super) fn parse(stored: &'a str) -> Option<Self> {
        let (salt, hex) = stored.split_once(':')?;
        HEXLOWER.decode(salt.as_bytes()).ok().filter(|bytes| bytes.len() == SALT_BYTES)?;
        let key = HEXLOWER.decode(hex.as_bytes()).ok()?;
        Some(Self { salt, key: Zeroizing::new(key.try_into().ok()?) })
    }
}

/// The hex text of the salt is the salt, not the bytes that it stands for.
fn derive(password: &SecretString, salt: &str) -> Key {
    let params = Params::new(LOG_N, R, P).unwrap_or_else(|_| unreachable!("the parameters are valid"));
    let password = Zeroizing::new(password.expose_secret().nfkc().collect::<String>());
    let mut key = Key::new([0; KEY_BYTES]);
    scrypt(password.as_bytes(), salt.as_bytes(), &params, &mut *key)
        .unwrap_or_else(|_| unreachable!("the length of the key is valid"));
    key
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STORED: &str = "000102030405060708090a0b0c0d0e0f:7361bf14460202aad45d18df3341d7258cab479b64f99116bd80018445ededfc\
                          fd71a31c147f17b7ed9363c3ffb2c2f7f36ad3b6cc5a7c6066292a4bac28957e";

    #[test]
    fn passwords_that_look_alike_are_equal() {
        let hash = Hash::parse(STORED).unwrap();
        assert!(hash.is_of(&"ｐａｓｓｗｏｒｄ－１".into()));
        assert!(!hash.is_of(&"pаssword-1".into()), "the second letter is Cyrillic");
    }

    #[test]
    fn every_part_must_have_its_length_and_its_digits() {
        for altered in [
            &STORED[1..],
            &STORED[2..],
            &STORED[..STORED.len() - 2],
            &STORED.replace(':', ""),
            &STORED.replace(':', "::"),
            &STORED.to_uppercase(),
            &format!("{STORED}00"),
            &format!("{STORED}:00"),
            &format!(" {STORED}"),
            &format!("{STORED}\n"),
        ] {
            assert!(Hash::parse(altered).is_none(), "{altered}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text: String, hex in "[0-9a-f]{0,40}:[0-9a-f]{0,140}") {
            prop_assert!(Hash::parse(&text).is_none());
            Hash::parse(&hex);
        }
    }
}
