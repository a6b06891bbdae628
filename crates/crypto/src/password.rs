//! Password hashes.
//!
//! New ones are scrypt, with the parameters and in the text form of Better Auth. Those of bcrypt and Argon2id, which other
//! back ends wrote, are verified too, and [`Verdict::needs_rehash`] says that they should be replaced.
//!
//! Everything here is slow on purpose: call it on a [`HashingPool`], as [`PasswordHashing`] does.

mod argon2id;
mod bcrypt;
mod hashing;
mod pool;
mod scrypt;

use hexado_domain::entropy::Entropy;
use secrecy::SecretString;
use thiserror::Error;

pub use hashing::{HashingError, PasswordHashing};
pub use pool::{HashingPool, HashingPoolOptions, PoolError};

/// The text to keep in place of `password`.
pub fn hash(password: &SecretString, entropy: &dyn Entropy) -> String {
    scrypt::hash(password, entropy)
}

/// Compares `password` with what [`hash`] or another back end made of one.
///
/// # Errors
///
/// When `stored` is in no form that is understood, or would cost more time or memory than a sign-in may: at once, before
/// anything is spent on it.
pub fn verify(password: &SecretString, stored: &str) -> Result<Verdict, UnusableHash> {
    if let Some(hash) = scrypt::Hash::parse(stored) {
        return Ok(Verdict { valid: hash.is_of(password), needs_rehash: false });
    }
    let valid = match stored.as_bytes() {
        [b'$', b'2', _, b'$', ..] => bcrypt::verify(password, stored)?,
        [b'$', b'a', b'r', b'g', b'o', b'n', b'2', ..] => argon2id::verify(password, stored)?,
        _ => return Err(UnusableHash::Form),
    };
    Ok(Verdict { valid, needs_rehash: valid })
}

/// Takes as long as [`verify`] does with a hash of ours, and finds the password wrong: for users that do not exist, so that
/// nobody can tell them from those that do by the clock.
pub fn verify_nothing(password: &SecretString) -> Verdict {
    // The answer is fixed, but the work must not be optimised away.
    std::hint::black_box(scrypt::Hash::nobodys().is_of(password));
    Verdict::WRONG
}

/// What comes of comparing a password with a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether the password is the right one.
    pub valid: bool,
    /// Whether the hash is of a foreign form, and should be replaced now that the password is at hand. Never for a wrong one.
    pub needs_rehash: bool,
}

impl Verdict {
    pub const WRONG: Self = Self { valid: false, needs_rehash: false };
}

/// Why a stored hash cannot be compared with anything. Never quotes it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum UnusableHash {
    #[error("the stored password hash is in no known form")]
    Form,
    #[error("the stored password hash would cost too much time or memory")]
    Cost,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Counter, better_auth};

    const OURS: Verdict = Verdict { valid: true, needs_rehash: false };

    #[test]
    fn hashes_of_the_original_are_verified() {
        let vectors = better_auth();
        for (password, stored) in [
            (
                "correct horse battery staple",
                "99f5c75d7edbfcf5653458ba6e95f691:e8919a5947a741972b6289606f4be24a6656389040891864f8a79ef8ac7f67e6\
                 d967cffa190aedd055a71bd8881ebbf76536729e31ebffb4311c0221d513d948",
            ),
            (
                "Ünïcödé \u{fb01} Å 密码 🔑",
                "40ee5a85a6425e7837d94e343e9207a2:af6881ef06e4fcac84a38da8e4d195e888c459e657752524aa7358d7c25db3e1\
                 3df06c84d139a04e0933147f85eb843c833d74e229d5b313b2af831dcd351561",
            ),
            (
                "password-1",
                "000102030405060708090a0b0c0d0e0f:7361bf14460202aad45d18df3341d7258cab479b64f99116bd80018445ededfc\
                 fd71a31c147f17b7ed9363c3ffb2c2f7f36ad3b6cc5a7c6066292a4bac28957e",
            ),
            ("password-1", vectors["passwords"]["password-1"].as_str().unwrap()),
        ] {
            assert_eq!(verify(&password.into(), stored), Ok(OURS), "{password}");
            assert_eq!(verify(&format!("{password}!").into(), stored), Ok(Verdict::WRONG), "{password}");
        }
    }

    #[test]
    fn a_hash_is_of_its_own_password_and_has_its_own_salt() {
        let entropy = Counter::default();
        let [one, other] = [hash(&"password-1".into(), &entropy), hash(&"password-1".into(), &entropy)];
        assert_ne!(one, other);
        assert_eq!(one.len(), 161);
        for stored in [one, other] {
            assert_eq!(verify(&"password-1".into(), &stored), Ok(OURS));
            assert_eq!(verify(&"password-2".into(), &stored), Ok(Verdict::WRONG));
        }
    }

    #[test]
    fn a_foreign_hash_is_replaced_once_the_password_is_known_to_be_right() {
        for stored in [
            "$2b$04$xbgm3XLPpdEaHuddcaVx.Oz7z95OgDJRrXt.Lny/etcbj2OuouAPC",
            "$argon2id$v=19$m=1024,t=2,p=2$BlKMTWSUyVThD6PWRRN7Tw$eZilBPjugtBr6fBIzdKLd2obgplJ7tQV9FPVK49K1SQ",
        ] {
            assert_eq!(verify(&"pässword-1".into(), stored), Ok(Verdict { valid: true, needs_rehash: true }));
            assert_eq!(verify(&"password-1".into(), stored), Ok(Verdict::WRONG));
        }
    }

    #[test]
    fn no_password_is_right_for_nobody() {
        assert_eq!(verify_nothing(&"".into()), Verdict::WRONG);
    }

    #[test]
    fn what_is_no_hash_is_refused() {
        for stored in
            ["", ":", "password-1", "$", "$2", "$1$abc$def", "$scrypt$ln=31,r=8,p=1$AAAA$AAAA", "{SSHA}AAAA", "\u{0}"]
        {
            assert_eq!(verify(&"password-1".into(), stored), Err(UnusableHash::Form), "{stored}");
        }
    }
}
