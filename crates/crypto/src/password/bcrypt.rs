//! Hashes of bcrypt: `$2a$`, `$2b$` and `$2y$`, which differ in the bugs of their authors only.

use bcrypt::HashParts;
use secrecy::{ExposeSecret, SecretString};

use super::UnusableHash;

/// One to two seconds on a core of our times; each one more doubles it. Usual are 10 to 12.
const MAX_COST: u32 = 14;

/// As everywhere with bcrypt, only the first 72 bytes of the password count. Back ends that hash with bcrypt do not normalise
/// passwords, so the bytes are taken as they came.
pub(super) fn verify(password: &SecretString, stored: &str) -> Result<bool, UnusableHash> {
    // `$2x$` marks hashes that were made with a sign error.
    if !["$2a$", "$2b$", "$2y$"].iter().any(|prefix| stored.starts_with(prefix)) {
        return Err(UnusableHash::Form);
    }
    let parts: HashParts = stored.parse().map_err(|_| UnusableHash::Form)?;
    if parts.get_cost() > MAX_COST {
        return Err(UnusableHash::Cost);
    }
    bcrypt::verify(password.expose_secret(), stored).map_err(|_| UnusableHash::Form)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STORED: &str = "$2b$04$xbgm3XLPpdEaHuddcaVx.Oz7z95OgDJRrXt.Lny/etcbj2OuouAPC";

    #[test]
    fn hashes_of_other_libraries_are_verified() {
        // Made with the Python package `bcrypt`.
        let of_2a = "$2a$04$C.Fq0cpmuuv8dwBSFa/Q7.t5Fwui6WWIaKs/yU8i6UgdIIIFLClqq";
        for stored in [STORED, of_2a, &STORED.replace("$2b$", "$2y$")] {
            assert_eq!(verify(&"pässword-1".into(), stored), Ok(true), "{stored}");
            assert_eq!(verify(&"password-1".into(), stored), Ok(false), "{stored}");
        }
    }

    #[test]
    fn the_first_72_bytes_count_and_no_others() {
        // Of 71 times `x` and one `y`.
        let stored = "$2b$04$IpWjMtn7mI/e8W7wp2g8Ie14FrTB/5ay1nBP6b1nDNEbZzl3tQcZ.";
        let password = |end| SecretString::from("x".repeat(71) + end);
        for (end, valid) in [("y", true), ("yz", true), ("z", false), ("", false)] {
            assert_eq!(verify(&password(end), stored), Ok(valid), "{end}");
        }
    }

    #[test]
    fn a_hash_that_would_take_hours_is_refused() {
        for cost in ["15", "31"] {
            let stored = STORED.replace("$04$", &format!("${cost}$"));
            assert_eq!(verify(&"pässword-1".into(), &stored), Err(UnusableHash::Cost));
        }
    }

    #[test]
    fn a_malformed_hash_is_refused() {
        for stored in [
            "$2b$",
            &STORED[..59],
            &format!("{STORED}x"),
            &STORED.replace("$2b$", "$2x$"),
            &STORED.replace("$2b$", "$2c$"),
            &STORED.replace("$04$", "$03$"),
            &STORED.replace("$04$", "$-4$"),
            &STORED.replace("$04$", "$4$0"),
            &STORED.replace('z', "!"),
            &STORED.replace("xb", "ä"),
        ] {
            assert_eq!(verify(&"pässword-1".into(), stored), Err(UnusableHash::Form), "{stored}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(rest in "\\$(1[5-9]|[2-9][0-9])\\$.{53}|.{0,60}") {
            let stored = format!("$2b{rest}");
            prop_assert!(verify(&"password-1".into(), &stored).is_err());
        }
    }
}
