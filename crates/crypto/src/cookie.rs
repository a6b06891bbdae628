//! Signed values, as they stand in cookies and bearer tokens.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};

/// What JavaScript's `encodeURIComponent` escapes.
pub(crate) const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Signs values and recognises its own signatures: HMAC-SHA256 under the UTF-8 bytes of the secret as they are.
///
/// The name of a cookie is not part of what is signed, as in the original: a signed value can be moved from one cookie to
/// another. Values of different cookies must therefore differ in form.
pub struct CookieSigner {
    key: hmac::Key,
}

impl CookieSigner {
    pub fn new(secret: &SecretString) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes()) }
    }

    /// `value.signature`, as it stands in `set-auth-token`. The signature is base64 with padding.
    pub fn sign(&self, value: &str) -> String {
        let signature = STANDARD.encode(hmac::sign(&self.key, value.as_bytes()));
        format!("{value}.{signature}")
    }

    /// [`Self::sign`], percent-encoded, as it stands in a cookie.
    pub fn sign_cookie(&self, value: &str) -> String {
        utf8_percent_encode(&self.sign(value), COMPONENT).to_string()
    }

    /// The value that was signed, if the signature is ours; percent-encoded or not. Compares in constant time.
    pub fn verify(&self, signed: &str) -> Option<String> {
        let signed = percent_decode_str(signed).decode_utf8().ok()?;
        let (value, signature) = signed.rsplit_once('.')?;
        // Of all texts that stand for the same bytes, the decoder takes one: with padding, and without stray bits.
        let signature = STANDARD.decode(signature).ok()?;
        hmac::verify(&self.key, value.as_bytes(), &signature).ok()?;
        Some(value.to_owned())
    }

    /// A bare signature of `text`, in URL-safe base64 without padding: the half of a trusted device's cookie that binds
    /// it to its user (`text` is `<user id>!<device id>`).
    pub fn tag(&self, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, text.as_bytes()))
    }

    /// Whether `tag` is [`Self::tag`] of `text`. Compares in constant time.
    pub fn is_tag_of(&self, tag: &str, text: &str) -> bool {
        URL_SAFE_NO_PAD.decode(tag).is_ok_and(|tag| hmac::verify(&self.key, text.as_bytes(), &tag).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{SECRET, better_auth};

    fn signer() -> CookieSigner {
        CookieSigner::new(&SECRET.into())
    }

    #[test]
    fn cookies_are_those_of_the_original() {
        let vectors = better_auth();
        for (value, cookie) in vectors["cookies"].as_object().unwrap() {
            assert_eq!(signer().sign_cookie(value), cookie.as_str().unwrap());
            assert_eq!(signer().verify(cookie.as_str().unwrap()).as_ref(), Some(value));
        }
    }

    #[test]
    fn a_signed_value_is_accepted_without_percent_encoding_too() {
        assert_eq!(signer().sign("abc"), "abc.JO8HMg5g9ty/eg+3BA+gnaJPfQIOxqg0XbAFCWcb1Zw=");
        assert_eq!(signer().verify(&signer().sign("abc")).as_deref(), Some("abc"));
    }

    #[test]
    fn nothing_but_the_whole_signature_is_accepted() {
        let signed = signer().sign("abc");
        let (value, signature) = signed.split_once('.').unwrap();
        let of_another_secret = CookieSigner::new(&"another".into()).sign("abc");
        for refused in [
            String::new(),
            ".".into(),
            value.into(),
            format!("{value}."),
            signature.into(),
            format!(".{signature}"),
            format!("{signed}.{signature}"),
            format!("{signed}{signature}"),
            format!("{value}.{value}.{signature}"),
            format!("abd.{signature}"),
            format!("{value}.{}", signature.trim_end_matches('=')),
            format!("{signed}="),
            format!(" {signed}"),
            format!("{signed} "),
            // The last character before the padding has two bits that no byte needs.
            signed.replace("1Zw=", "1Zx="),
            signed.replace('+', "-").replace('/', "_"),
            signed[..signed.len() - 2].into(),
            "abc%ff.JO8HMg5g9ty".into(),
            of_another_secret,
        ] {
            assert_eq!(signer().verify(&refused), None, "{refused}");
        }
    }

    #[test]
    fn a_tag_belongs_to_one_text() {
        // Python: base64.urlsafe_b64encode(hmac.digest(secret, b"ann!trust-device-x", "sha256"))
        let tag = signer().tag("ann!trust-device-x");
        assert_eq!(tag, "Ltl-17VG2YVqZYwjTbkw4P0SIKFQ5GQQ8kq_B9bMUhc");
        assert!(signer().is_tag_of(&tag, "ann!trust-device-x"));
        for (tag, text) in [("", "ann!trust-device-x"), (&tag[1..], "ann!trust-device-x"), (&tag, "bob!trust-device-x")]
        {
            assert!(!signer().is_tag_of(tag, text), "{tag} {text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_signed_is_read_again(value: String) {
            prop_assert_eq!(signer().verify(&signer().sign_cookie(&value)), Some(value));
        }

        #[test]
        fn no_other_character_is_as_good(value in "[a-zA-Z0-9]{1,32}", index: prop::sample::Index, other in "[ -~]") {
            let signed = signer().sign(&value);
            let index = index.index(signed.len());
            let altered = format!("{}{other}{}", &signed[..index], &signed[index + 1..]);
            prop_assume!(altered != signed);
            prop_assert_eq!(signer().verify(&altered), None);
        }
    }
}
