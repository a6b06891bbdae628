use secrecy::SecretString;
use url::Url;

use super::environment::Environment;
use super::origin;
use super::reader::Reader;
use super::secret::{self, Secrets};

/// Whose tokens are accepted. With neither, in development, the server accepts those of a key of its own.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) key_set: Option<KeySet>,
    pub(crate) hs256: Option<Hs256>,
}

/// An issuer that publishes its keys.
#[derive(Debug)]
pub(crate) struct KeySet {
    pub(crate) url: Url,
    pub(crate) claims: ExpectedClaims,
}

/// An issuer that shares a secret with us.
#[derive(Debug)]
pub(crate) struct Hs256 {
    pub(crate) secret: SecretString,
    /// `None` for tokens that have nothing but `sub` and `exp`.
    pub(crate) claims: Option<ExpectedClaims>,
}

/// What `iss` and `aud` must be; `None` for anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExpectedClaims {
    pub(crate) issuer: Option<String>,
    pub(crate) audience: Option<String>,
}

impl ExpectedClaims {
    /// Both are `origin`.
    pub(crate) fn all(origin: &str) -> Self {
        Self { issuer: Some(origin.to_owned()), audience: Some(origin.to_owned()) }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Hs256Mode {
    Off,
    On,
    SubOnly,
}

impl Tokens {
    pub(super) fn read(
        reader: &mut Reader<'_>,
        environment: Environment,
        builtin_identity: bool,
        public_origin: &str,
        secrets: Option<&Secrets>,
    ) -> Self {
        let issuer = reader.text("JWT_ISSUER");
        let audience = reader.text("JWT_AUDIENCE");
        let claims =
            |default: &str| ExpectedClaims { issuer: expected(issuer, default), audience: expected(audience, default) };

        let url = jwks_url(reader, environment);
        let key_set = url.map(|url| KeySet { claims: claims(&origin::of_url(&url)), url });

        let mode = hs256_mode(reader);
        let hs256 = match mode {
            Hs256Mode::Off => None,
            Hs256Mode::On => Some(Some(claims(public_origin))),
            Hs256Mode::SubOnly => Some(None),
        };
        if hs256.is_some() && secrets.is_none() {
            secret::missing(reader);
        }
        let secret = || secrets.map(|secrets| secrets.current().clone()).unwrap_or_default();
        let hs256 = hs256.map(|claims| Hs256 { secret: secret(), claims });

        let tokens = Self { key_set, hs256 };
        tokens.check(reader, environment, builtin_identity, mode);
        tokens
    }

    /// Whether the server makes, keeps and serves a signing key of its own.
    pub(crate) fn by_local_key(&self) -> bool {
        self.key_set.is_none() && self.hs256.is_none()
    }

    fn check(&self, reader: &mut Reader<'_>, environment: Environment, builtin_identity: bool, mode: Hs256Mode) {
        let nobody = self.by_local_key() && reader.text("JWKS_URL").is_none() && !builtin_identity;
        if nobody && !environment.is_development() {
            let remedy = "set JWKS_URL to the key set of the issuer, or JWT_HS256=on with BETTER_AUTH_SECRET";
            reader.fault("JWKS_URL", "is missing and JWT_HS256 is off, so that no token would be accepted", remedy);
        }
        if self.key_set.is_none() && mode != Hs256Mode::On {
            warn_if_set(reader, &["JWT_ISSUER", "JWT_AUDIENCE"], "without JWKS_URL or JWT_HS256=on");
        }
    }
}

fn jwks_url(reader: &mut Reader<'_>, environment: Environment) -> Option<Url> {
    let expected = "an http or https URL without a password, such as https://auth.example.com/api/auth/jwks";
    let url = reader.parsed("JWKS_URL", expected, origin::parse_url)?;
    if url.scheme() == "http" && !environment.is_development() {
        reader.warn("JWKS_URL is plain http: whoever can change what it answers can sign tokens");
    }
    Some(url)
}

fn hs256_mode(reader: &mut Reader<'_>) -> Hs256Mode {
    let choices = [("off", Hs256Mode::Off), ("on", Hs256Mode::On), ("sub-only", Hs256Mode::SubOnly)];
    reader.choice("JWT_HS256", &choices, Hs256Mode::Off)
}

fn expected(set: Option<&str>, default: &str) -> Option<String> {
    match set {
        Some("any") => None,
        Some(value) => Some(value.to_owned()),
        None => Some(default.to_owned()),
    }
}

fn warn_if_set(reader: &mut Reader<'_>, names: &[&'static str], when: &str) {
    for name in names {
        if reader.text(name).is_some() {
            reader.warn(format!("{name} has no effect {when}"));
        }
    }
}
