//! Random text: ids and tokens.
//!
//! Lengths and alphabets are Better Auth's, so that neither side can tell by whom a value was made. A token of 24 letters
//! and digits has 142 bits, one of 32 has 190.

use hexado_domain::entropy::Entropy;
use secrecy::zeroize::Zeroizing;

/// The characters that a random text may have, each as likely as any other.
#[derive(Clone, Copy, Debug)]
pub struct Alphabet(&'static [u8]);

impl Alphabet {
    pub const LETTERS_AND_DIGITS: Self = Self(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    pub const LOWER_CASE_AND_DIGITS: Self = Self(b"abcdefghijklmnopqrstuvwxyz0123456789");
    /// What stands in a URL as it is: letters, digits, `-` and `_`.
    pub const URL_SAFE: Self = Self(b"abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_");

    /// `length` characters, chosen independently.
    pub fn random_text(self, length: usize, entropy: &dyn Entropy) -> String {
        let mut text = String::with_capacity(length);
        let mut bytes = Zeroizing::new([0; 64]);
        while text.len() < length {
            entropy.fill(&mut *bytes);
            let missing = length - text.len();
            text.extend(bytes.iter().filter_map(|byte| self.character(*byte)).take(missing));
        }
        text
    }

    /// Bytes beyond the last whole multiple of the alphabet have none: with them, its first characters would be likelier.
    fn character(self, byte: u8) -> Option<char> {
        let whole = 256 / self.0.len() * self.0.len();
        let byte = usize::from(byte);
        (byte < whole).then(|| char::from(self.0[byte % self.0.len()]))
    }
}

/// The id of a user, session, account, verification or signing key.
pub fn record_id(entropy: &dyn Entropy) -> String {
    Alphabet::LETTERS_AND_DIGITS.random_text(32, entropy)
}

/// What proves a session.
pub fn session_token(entropy: &dyn Entropy) -> String {
    Alphabet::LETTERS_AND_DIGITS.random_text(32, entropy)
}

/// What proves that a letter about a forgotten password was received.
pub fn password_reset_token(entropy: &dyn Entropy) -> String {
    Alphabet::LETTERS_AND_DIGITS.random_text(24, entropy)
}

/// What proves that a letter about deleting an account was received.
pub fn account_deletion_token(entropy: &dyn Entropy) -> String {
    Alphabet::LOWER_CASE_AND_DIGITS.random_text(32, entropy)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::Counter;

    const ALL: [Alphabet; 3] = [Alphabet::LETTERS_AND_DIGITS, Alphabet::LOWER_CASE_AND_DIGITS, Alphabet::URL_SAFE];

    #[test]
    fn every_character_comes_from_equally_many_bytes() {
        for Alphabet(characters) in ALL {
            let counts = characters.iter().map(|wanted| {
                let of_byte = |byte| Alphabet(characters).character(byte);
                (0..=u8::MAX).filter(|byte| of_byte(*byte) == Some(char::from(*wanted))).count()
            });
            let counts: Vec<usize> = counts.collect();
            assert!(counts.iter().all(|count| *count == 256 / characters.len()), "{counts:?}");
        }
    }

    #[test]
    fn alphabets_have_no_character_twice() {
        for (Alphabet(characters), length) in ALL.into_iter().zip([62, 36, 64]) {
            let mut distinct = characters.to_vec();
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!((distinct.len(), characters.len()), (length, length));
        }
    }

    #[test]
    fn ids_and_tokens_have_their_lengths_and_alphabets() {
        let entropy = Counter::default();
        let alphanumeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        for (text, length) in
            [(record_id(&entropy), 32), (session_token(&entropy), 32), (password_reset_token(&entropy), 24)]
        {
            assert!(text.len() == length && alphanumeric(&text), "{text}");
        }
        let token = account_deletion_token(&entropy);
        assert!(token.len() == 32 && token.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9')), "{token}");
    }

    proptest! {
        #[test]
        fn a_text_has_the_wanted_length_whatever_the_source_gives(length in 0usize..200, start: u64) {
            for alphabet in ALL {
                let text = alphabet.random_text(length, &Counter::from(start));
                prop_assert_eq!(text.len(), length);
                prop_assert!(text.bytes().all(|byte| alphabet.0.contains(&byte)));
            }
        }
    }
}
