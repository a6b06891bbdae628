//! Random text: identifiers, tokens and secrets. Lengths and alphabets are Better Auth's, so that nobody can tell by which
//! side a value was made.

use secrecy::zeroize::Zeroizing;

use crate::entropy::Entropy;

/// Records, session tokens, backup codes. 32 characters have 190 bits.
pub const LETTERS_AND_DIGITS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// Tokens that delete an account.
pub const LOWER_CASE_AND_DIGITS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// What stands in a URL as it is: secrets of one-time passwords.
pub const URL_SAFE: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_";

/// `length` characters of `alphabet`, each as likely as any other: bytes that would make some likelier are thrown away.
pub fn text(entropy: &dyn Entropy, alphabet: &[u8], length: usize) -> String {
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    let mut bytes = Zeroizing::new([0; 64]);
    while text.len() < length {
        entropy.fill(&mut *bytes);
        let fair_bytes = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        let missing = length - text.len();
        text.extend(fair_bytes.take(missing).map(|byte| char::from(alphabet[byte % alphabet.len()])));
    }
    text
}

/// The identifier of a new record.
pub fn record_id(entropy: &dyn Entropy) -> String {
    text(entropy, LETTERS_AND_DIGITS, 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::CountingEntropy;

    #[test]
    fn every_character_of_the_alphabet_is_equally_likely() {
        // Every byte value comes equally often, so must every character.
        for alphabet in [LETTERS_AND_DIGITS, LOWER_CASE_AND_DIGITS, URL_SAFE] {
            let text = text(&CountingEntropy::default(), alphabet, 256 * alphabet.len());
            for character in alphabet {
                let times = text.bytes().filter(|byte| byte == character).count();
                assert_eq!(times, 256, "{}", char::from(*character));
            }
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
