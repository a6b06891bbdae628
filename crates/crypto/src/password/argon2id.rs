//! Hashes of Argon2id in the PHC form: `$argon2id$v=19$m=65536,t=3,p=4$salt$key`.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params};
use secrecy::{ExposeSecret, SecretString};

use super::UnusableHash;

/// In KiB: a quarter of a GiB. Usual are 19 to 64 MiB.
const MAX_MEMORY: u32 = 1 << 18;
/// In KiB written in all passes together: a GiB, one to two seconds on a core of our times.
const MAX_WORK: u64 = 1 << 20;
const MAX_LANES: u32 = 16;

/// Back ends that hash with Argon2 do not normalise passwords, so the bytes are taken as they came.
pub(super) fn verify(password: &SecretString, stored: &str) -> Result<bool, UnusableHash> {
    let stored = PasswordHash::new(stored).map_err(|_| UnusableHash::Form)?;
    if stored.algorithm != Algorithm::Argon2id.ident() || stored.salt.is_none() || stored.hash.is_none() {
        return Err(UnusableHash::Form);
    }
    let params = Params::try_from(&stored).map_err(|_| UnusableHash::Form)?;
    if is_too_expensive(&params) {
        return Err(UnusableHash::Cost);
    }
    match Argon2::default().verify_password(password.expose_secret().as_bytes(), &stored) {
        Ok(()) => Ok(true),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(_) => Err(UnusableHash::Form),
    }
}

fn is_too_expensive(params: &Params) -> bool {
    let work = u64::from(params.m_cost()) * u64::from(params.t_cost());
    params.m_cost() > MAX_MEMORY || work > MAX_WORK || params.p_cost() > MAX_LANES
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // Made with the Python package `argon2-cffi`.
    const STORED: &str =
        "$argon2id$v=19$m=1024,t=2,p=2$BlKMTWSUyVThD6PWRRN7Tw$eZilBPjugtBr6fBIzdKLd2obgplJ7tQV9FPVK49K1SQ";
    const WITH_ITS_DEFAULTS: &str =
        "$argon2id$v=19$m=65536,t=3,p=4$ns8IViNCPFILqi22AOO42A$DoJ6tqVUGlkpoCHny1HanAtv1VErKuYbPZRym9MoYjM";

    #[test]
    fn hashes_of_another_library_are_verified() {
        for stored in [STORED, WITH_ITS_DEFAULTS] {
            assert_eq!(verify(&"pässword-1".into(), stored), Ok(true), "{stored}");
            assert_eq!(verify(&"password-1".into(), stored), Ok(false), "{stored}");
        }
    }

    #[test]
    fn a_hash_that_would_take_gigabytes_or_hours_is_refused() {
        for expensive in [
            "m=262145,t=1,p=1",
            "m=4294967295,t=1,p=1",
            "m=1024,t=1025,p=1",
            "m=1024,t=4294967295,p=1",
            "m=1024,t=1,p=17",
        ] {
            let stored = STORED.replace("m=1024,t=2,p=2", expensive);
            assert_eq!(verify(&"pässword-1".into(), &stored), Err(UnusableHash::Cost), "{expensive}");
        }
    }

    #[test]
    fn a_malformed_hash_or_one_of_another_kind_is_refused() {
        let altered = |from, to| STORED.replace(from, to);
        for stored in [
            "$argon2id$",
            "$argon2id$v=19$m=1024,t=2,p=2$BlKMTWSUyVThD6PWRRN7Tw",
            "$argon2i$v=19$m=64,t=1,p=1$lW7xA2UQCKhRYe06z6ny0Q$M7y6RiMTgmJavluNCGxxTb5BbZjzP9Qvaswobp0TxwI",
            &altered("argon2id", "argon2d"),
            &altered("v=19", "v=18"),
            &altered("m=1024", "m=0"),
            &altered("m=1024", "m=-1"),
            &altered("t=2", "t=0"),
            &altered("p=2", "p=0"),
            &altered("p=2", "q=2"),
            &altered("BlKMTW", "!"),
            &altered("eZilBPjugtBr6fBIzdKLd2obgplJ7tQV9FPVK49K1SQ", "AAAA"),
            &format!("{STORED}$"),
        ] {
            assert_eq!(verify(&"pässword-1".into(), stored), Err(UnusableHash::Form), "{stored}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(rest in "(\\$[a-z0-9=,]{0,12}){0,5}|.{0,80}") {
            let stored = format!("$argon2id{rest}");
            prop_assert!(verify(&"password-1".into(), &stored).is_err());
        }
    }
}
