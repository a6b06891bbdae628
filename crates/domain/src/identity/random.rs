//! Identifiers and tokens in Better Auth's alphabets.

use crate::entropy::Entropy;

/// Records and session tokens.
pub(super) const LETTERS_AND_DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Tokens that delete an account.
pub(super) const LOWER_CASE_AND_DIGITS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// `length` characters of `alphabet`, each as likely as any other: bytes that would make some likelier are thrown away.
pub(super) fn text(entropy: &dyn Entropy, alphabet: &[u8], length: usize) -> String {
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    let mut bytes = [0; 64];
    while text.len() < length {
        entropy.fill(&mut bytes);
        let fair_bytes = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        let missing = length - text.len();
        text.extend(fair_bytes.take(missing).map(|byte| char::from(alphabet[byte % alphabet.len()])));
    }
    text
}

/// The identifier of a new record.
pub(super) fn record_id(entropy: &dyn Entropy) -> String {
    text(entropy, LETTERS_AND_DIGITS, 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::CountingEntropy;

    #[test]
    fn every_character_of_the_alphabet_is_equally_likely() {
        // Every byte value comes equally often, so must every character.
        let entropy = CountingEntropy::default();
        let text = text(&entropy, LETTERS_AND_DIGITS, 248 * 62);
        for character in LETTERS_AND_DIGITS {
            let times = text.bytes().filter(|byte| byte == character).count();
            assert_eq!(times, 248, "{}", char::from(*character));
        }
    }

    #[test]
    fn identifiers_have_32_letters_and_digits_and_differ() {
        let entropy = CountingEntropy::default();
        let (one, other) = (record_id(&entropy), record_id(&entropy));
        assert_eq!(one.len(), 32);
        assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(one, other);
    }
}
