use secrecy::SecretString;

use super::environment::Environment;
use super::reader::Reader;

/// The secret of this server, and those that it replaced.
#[derive(Clone, Debug)]
pub(crate) enum Secrets {
    One(SecretString),
    /// Each with the number by which what it has encrypted names it.
    Numbered {
        current: (u32, SecretString),
        older: Vec<(u32, SecretString)>,
        /// From before there were numbers.
        unnumbered: Option<SecretString>,
    },
}

impl Secrets {
    /// The one for all that is signed.
    pub(crate) fn current(&self) -> &SecretString {
        match self {
            Self::One(secret) | Self::Numbered { current: (_, secret), .. } => secret,
        }
    }
}

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

/// The secrets that were given, if any. The current one must not be weak; what older ones have encrypted exists already.
pub(super) fn read(reader: &mut Reader<'_>, environment: Environment) -> Option<Secrets> {
    let first = reader.text("BETTER_AUTH_SECRET");
    let second = reader.text("SECRET_KEY");
    if first.zip(second).is_some_and(|(first, second)| first != second) {
        reader.fault("SECRET_KEY", "differs from BETTER_AUTH_SECRET", "set one of the two");
    }
    let unnumbered = first.or(second);
    let expected = "secrets with numbers, the current one first, as in 2:new,1:old, and no number twice";
    if let Some(mut numbered) = reader.parsed("BETTER_AUTH_SECRETS", expected, numbered) {
        let (number, current) = numbered.remove(0);
        judge(reader, environment, "BETTER_AUTH_SECRETS", current);
        let older = numbered.into_iter().map(|(number, secret)| (number, secret.into())).collect();
        let unnumbered = unnumbered.map(SecretString::from);
        return Some(Secrets::Numbered { current: (number, current.into()), older, unnumbered });
    }
    let secret = unnumbered?;
    judge(reader, environment, if first.is_some() { "BETTER_AUTH_SECRET" } else { "SECRET_KEY" }, secret);
    Some(Secrets::One(secret.into()))
}

/// Says that a secret is needed.
pub(super) fn missing(reader: &mut Reader<'_>) {
    reader.fault("BETTER_AUTH_SECRET", "is missing, and cookies or HS256 tokens need it", REMEDY);
}

fn judge(reader: &mut Reader<'_>, environment: Environment, name: &'static str, secret: &str) {
    match weakness(secret) {
        Some(weakness) if environment.is_development() => reader.warn(format!("{name} {weakness}")),
        Some(weakness) => reader.fault(name, weakness, REMEDY),
        None => {}
    }
}

/// At least one, each with a number of its own. A secret has no comma, nor white space around it.
fn numbered(text: &str) -> Option<Vec<(u32, &str)>> {
    let mut found: Vec<(u32, &str)> = Vec::new();
    for entry in text.split(',') {
        let (number, secret) = entry.split_once(':')?;
        let (number, secret) = (number.trim(), secret.trim());
        let is_plain = number.bytes().all(|byte| byte.is_ascii_digit()) && !secret.is_empty();
        let number = number.parse().ok().filter(|_| is_plain)?;
        if found.iter().any(|(other, _)| *other == number) {
            return None;
        }
        found.push((number, secret));
    }
    Some(found)
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
    fn numbered_secrets_are_pairs_with_different_numbers() {
        assert_eq!(numbered("2:new, 1 : old:er "), Some(vec![(2, "new"), (1, "old:er")]));
        assert_eq!(numbered("0:only"), Some(vec![(0, "only")]));
        for refused in
            ["", "secret", "1:", ":secret", "x:secret", "+1:secret", "-1:secret", "1:a,", "1:a,1:b", "4294967296:a"]
        {
            assert_eq!(numbered(refused), None, "{refused}");
        }
    }

    #[test]
    fn the_remedy_names_the_least_length() {
        assert!(REMEDY.contains(&format!("at least {MIN_LENGTH} ")));
    }
}
