use secrecy::SecretString;

use super::environment::Environment;
use super::reader::Reader;

/// What a secret must have at least: as many characters as SHA-256 has bytes (RFC 7518, section 3.2).
pub(crate) const MIN_LENGTH: usize = 32;

const REMEDY: &str = "set it to at least 32 random characters, as from `openssl rand -base64 32`";

/// Parts of secrets that stand in examples and tutorials, without what is no letter.
const EXAMPLES: [&str; 14] = [
    "changeme",
    "changethis",
    "replaceme",
    "replacethis",
    "yoursecret",
    "yourownsecret",
    "mysecret",
    "supersecret",
    "betterauthsecret",
    "defaultsecret",
    "developmentsecret",
    "testsecret",
    "secretkey",
    "placeholder",
];

/// The secret that is shared with the issuer of HS256 tokens.
pub(super) fn read(reader: &mut Reader<'_>, environment: Environment) -> SecretString {
    let first = reader.text("BETTER_AUTH_SECRET");
    let second = reader.text("SECRET_KEY");
    if first.zip(second).is_some_and(|(first, second)| first != second) {
        reader.fault("SECRET_KEY", "differs from BETTER_AUTH_SECRET", "set one of the two");
    }
    let name = if first.is_none() && second.is_some() { "SECRET_KEY" } else { "BETTER_AUTH_SECRET" };
    let Some(secret) = first.or(second) else {
        reader.fault(name, "is missing, and cookies or HS256 tokens need it", REMEDY);
        return SecretString::default();
    };
    match weakness(secret) {
        Some(weakness) if environment.is_development() => reader.warn(format!("{name} {weakness}")),
        Some(weakness) => reader.fault(name, weakness, REMEDY),
        None => {}
    }
    SecretString::from(secret)
}

/// Why `secret` could be guessed.
fn weakness(secret: &str) -> Option<String> {
    let length = secret.chars().count();
    if length < MIN_LENGTH {
        return Some(format!("has {length} characters, fewer than {MIN_LENGTH}"));
    }
    let letters: String = secret.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    if EXAMPLES.iter().any(|example| letters.contains(example)) {
        return Some("is one that stands in examples".to_owned());
    }
    is_monotonous(secret).then(|| "can be guessed: it has too few different characters, or repeats itself".to_owned())
}

/// Whether `secret` has fewer than 8 different characters (random hexadecimal digits have 14 of 16 here), or is a short
/// text several times over.
fn is_monotonous(secret: &str) -> bool {
    let bytes = secret.as_bytes();
    let mut distinct = bytes.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let repeats = (1..=bytes.len() / 2).any(|period| bytes[period..] == bytes[..bytes.len() - period]);
    distinct.len() < 8 || repeats
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_secrets_are_strong() {
        for secret in [
            "kC1N1mUq0rUo5W6t3v0y9cZ2cEoZ4m2nC2bX7hJxk3U=",
            "9f86d081884c7d659a2feaa0c55ad015",
            "correct horse battery staple, and more of it",
            "ein Schlüssel mit Umlauten: äöüÄÖÜß",
        ] {
            assert_eq!(weakness(secret), None, "{secret}");
        }
    }

    #[test]
    fn short_secrets_are_weak() {
        assert!(weakness("9f86d081884c7d659a2feaa0c55ad01").unwrap().contains("31 characters"));
    }

    #[test]
    fn characters_count_and_not_bytes() {
        assert!(weakness(&"äöüÄÖÜß€".repeat(2)).unwrap().contains("16 characters"));
    }

    #[test]
    fn secrets_out_of_tutorials_are_weak() {
        for secret in [
            "better-auth-secret-12345678901234567890",
            "change_me_change_me_change_me_please!",
            "your-secret-key-at-least-32-characters-long",
            "Super Secret 0123456789 0123456789",
        ] {
            assert!(weakness(secret).unwrap().contains("examples"), "{secret}");
        }
    }

    #[test]
    fn secrets_without_variety_are_weak() {
        for secret in
            [&"a".repeat(40), &"12345678".repeat(5), &"0123456789abcdef".repeat(2), "abcabcaabbccabcabcaabbccabcabcab"]
        {
            assert!(weakness(secret).unwrap().contains("guessed"), "{secret}");
        }
    }

    #[test]
    fn the_remedy_names_the_least_length() {
        assert!(REMEDY.contains(&format!("at least {MIN_LENGTH} ")));
    }
}
