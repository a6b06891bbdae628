//! Encryption at rest: private signing keys, secrets of one-time passwords, backup codes.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use chacha20poly1305::aead::Aead;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use hexado_domain::entropy::Entropy;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

/// Starts texts that say which secret they were encrypted with.
const ENVELOPE: &str = "$ba$";
const NONCE_BYTES: usize = 24;

/// Encrypts texts with XChaCha20-Poly1305 under the SHA-256 of a secret.
///
/// A text becomes lower-case hex of nonce (24 bytes), ciphertext and tag (16 bytes). With numbered secrets
/// `$ba$<number>$` stands before the hex, so that the secret can be replaced while what it has encrypted stays readable.
pub struct Cipher {
    current: Option<u32>,
    numbered: BTreeMap<u32, XChaCha20Poly1305>,
    unnumbered: Option<XChaCha20Poly1305>,
}

impl Cipher {
    /// Writes and reads bare hex.
    pub fn new(secret: &SecretString) -> Self {
        Self { current: None, numbered: BTreeMap::new(), unnumbered: Some(key(secret)) }
    }

    /// Writes with the `current` secret, and reads what any of the `older` ones wrote. Bare hex is read with
    /// `unnumbered`, the secret from before there were numbers.
    pub fn with_numbered_secrets<'a>(
        current: (u32, &'a SecretString),
        older: impl IntoIterator<Item = (u32, &'a SecretString)>,
        unnumbered: Option<&SecretString>,
    ) -> Self {
        // The current secret comes last, and wins over an older one of its number.
        let numbered = older.into_iter().chain([current]).map(|(number, secret)| (number, key(secret))).collect();
        Self { current: Some(current.0), numbered, unnumbered: unnumbered.map(key) }
    }

    /// # Errors
    ///
    /// When the text is longer than the algorithm allows (256 GiB).
    pub fn encrypt(&self, text: &SecretString, entropy: &dyn Entropy) -> Result<String, CipherError> {
        let key = self.key(self.current)?;
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let sealed =
            key.encrypt(&XNonce::from(nonce), text.expose_secret().as_bytes()).map_err(|_| CipherError::Length)?;
        let hex = HEXLOWER.encode(&[&nonce, &sealed[..]].concat());
        Ok(match self.current {
            Some(number) => format!("{ENVELOPE}{number}${hex}"),
            None => hex,
        })
    }

    /// Reads what [`Self::encrypt`] wrote, here or in the original.
    pub fn decrypt(&self, text: &str) -> Result<SecretString, CipherError> {
        let (number, hex) = open_envelope(text)?;
        let key = self.key(number)?;
        let bytes = HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).map_err(|_| CipherError::Form)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(CipherError::Form)?;
        let plain = Zeroizing::new(key.decrypt(&XNonce::from(*nonce), sealed).map_err(|_| CipherError::Secret)?);
        Ok(std::str::from_utf8(&plain).map_err(|_| CipherError::Form)?.into())
    }

    fn key(&self, number: Option<u32>) -> Result<&XChaCha20Poly1305, CipherError> {
        match number {
            Some(number) => self.numbered.get(&number).ok_or(CipherError::UnknownSecret(number)),
            None => self.unnumbered.as_ref().ok_or(CipherError::NoUnnumberedSecret),
        }
    }
}

/// Why a text cannot be encrypted or decrypted. Never quotes the text.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum CipherError {
    #[error("not an encrypted text")]
    Form,
    #[error("encrypted with another secret, or altered since")]
    Secret,
    #[error("encrypted with secret number {0}, which is not configured")]
    UnknownSecret(u32),
    #[error("encrypted before secrets had numbers, and that secret is not configured")]
    NoUnnumberedSecret,
    #[error("too long to be encrypted")]
    Length,
}

fn key(secret: &SecretString) -> XChaCha20Poly1305 {
    let hash = digest(&SHA256, secret.expose_secret().as_bytes());
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(hash.as_ref());
    XChaCha20Poly1305::new((&*key).into())
}

/// The number of the secret, if there is one, and the hex.
fn open_envelope(text: &str) -> Result<(Option<u32>, &str), CipherError> {
    let Some(rest) = text.strip_prefix(ENVELOPE) else { return Ok((None, text)) };
    let (number, hex) = rest.split_once('$').ok_or(CipherError::Form)?;
    Ok((Some(number.parse().map_err(|_| CipherError::Form)?), hex))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{Counter, SECRET, better_auth};

    fn bare() -> Cipher {
        Cipher::new(&SECRET.into())
    }

    fn numbered(unnumbered: Option<&str>) -> Cipher {
        let [new, old] =
            ["new", "old"].map(|age| SecretString::from(format!("the {age} secret of at least 32 characters")));
        Cipher::with_numbered_secrets((2, &new), [(1, &old)], unnumbered.map(SecretString::from).as_ref())
    }

    fn decrypted(cipher: &Cipher, text: &str) -> Result<String, CipherError> {
        cipher.decrypt(text).map(|text| text.expose_secret().to_owned())
    }

    #[test]
    fn a_text_that_the_original_encrypted_is_read() {
        let hello = "ee25b87a4b79069a157d169d7ac771eca6ef050c463ec0c2c98ee1ac285afeb4904a201d6d1cb1c0ee3e12f557";
        assert_eq!(decrypted(&bare(), hello).unwrap(), "hello");
        assert_eq!(decrypted(&bare(), &hello.to_uppercase()).unwrap(), "hello");
    }

    #[test]
    fn every_secret_that_is_still_known_reads_what_it_wrote() {
        let vectors = better_auth();
        let [current, old, bare, plain] =
            ["current", "old", "bare", "plain"].map(|name| vectors["encrypted"][name].as_str().unwrap());
        let cipher = numbered(Some(SECRET));
        for text in [current, old, bare] {
            assert_eq!(decrypted(&cipher, text).unwrap(), plain);
        }
        assert_eq!(decrypted(&numbered(None), bare), Err(CipherError::NoUnnumberedSecret));
        assert_eq!(decrypted(&Cipher::new(&SECRET.into()), current), Err(CipherError::UnknownSecret(2)));
        assert_eq!(decrypted(&cipher, &current.replace("$2$", "$3$")), Err(CipherError::UnknownSecret(3)));
        assert_eq!(decrypted(&cipher, &current.replace("$2$", "$1$")), Err(CipherError::Secret));
    }

    #[test]
    fn the_form_is_bare_hex_until_secrets_have_numbers() {
        let entropy = Counter::default();
        let bare = bare().encrypt(&"hello".into(), &entropy).unwrap();
        assert!(bare.len() == 2 * (24 + 5 + 16) && bare.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
        let numbered = numbered(None).encrypt(&"hello".into(), &entropy).unwrap();
        assert!(numbered.starts_with("$ba$2$") && numbered.len() == bare.len() + 6, "{numbered}");
    }

    #[test]
    fn a_text_is_encrypted_differently_each_time() {
        let entropy = Counter::default();
        let encrypt = || bare().encrypt(&"hello".into(), &entropy).unwrap();
        assert_ne!(encrypt(), encrypt());
    }

    #[test]
    fn what_is_no_encrypted_text_is_refused() {
        for text in
            ["", "hello", "abc", "ee25b8", "$ba$", "$ba$2", "$ba$x$ee", "$ba$-1$ee", "$ba$4294967296$ee", "\"ee\""]
        {
            assert_eq!(decrypted(&bare(), text), Err(CipherError::Form), "{text}");
        }
        let nothing_but_a_nonce = "00".repeat(24);
        assert_eq!(decrypted(&bare(), &nothing_but_a_nonce), Err(CipherError::Secret));
    }

    proptest! {
        #[test]
        fn what_was_encrypted_is_read_again_and_by_nobody_else(text: String, start: u64) {
            for cipher in [bare(), numbered(None)] {
                let encrypted = cipher.encrypt(&text.clone().into(), &Counter::from(start)).unwrap();
                prop_assert_eq!(decrypted(&cipher, &encrypted), Ok(text.clone()));
                let hex = encrypted.rsplit('$').next().unwrap();
                prop_assert_eq!(decrypted(&Cipher::new(&"another".into()), hex), Err(CipherError::Secret));
            }
        }

        #[test]
        fn an_altered_text_is_refused(text: String, index: prop::sample::Index, digit in "[0-9a-f]") {
            let encrypted = bare().encrypt(&text.into(), &Counter::default()).unwrap();
            let index = index.index(encrypted.len());
            let altered = format!("{}{digit}{}", &encrypted[..index], &encrypted[index + 1..]);
            prop_assume!(altered != encrypted);
            prop_assert_eq!(decrypted(&bare(), &altered), Err(CipherError::Secret));
        }
    }
}
