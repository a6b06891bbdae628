use std::sync::Arc;

use async_trait::async_trait;
use hexado_domain::clock::Clock;
use hexado_domain::entropy::Entropy;
use hexado_domain::identity::{TokenError, TokenVerifier, VerifiedToken};
use secrecy::ExposeSecret;

use crate::claims::Claims;
use crate::header::Algorithm;
use crate::issuer::Issuer;
use crate::jws::Jws;
use crate::key::VerificationKey;
use crate::options::{Expected, Hs256Mode, Hs256Options, HttpOptions, Options, OptionsError};
use crate::refusal::Refusal;
use crate::source::KeySetUsage;

/// Checks JSON Web Tokens of the configured issuers.
pub struct JwtVerifier {
    issuers: Vec<Issuer>,
    shared: Option<SharedSecret>,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl TokenVerifier for JwtVerifier {
    async fn verify(&self, token: &str) -> Result<VerifiedToken, TokenError> {
        let jws = Jws::parse(token)?;
        let claims = Claims::parse(jws.payload())?;
        match jws.header.algorithm {
            Algorithm::Hs256 => self.verify_by_secret(&jws, &claims)?,
            _ => self.verify_by_key_sets(&jws, &claims).await?,
        }
        claims.check_times(self.clock.now())?;
        Ok(claims.into())
    }
}

impl JwtVerifier {
    /// Fetches nothing yet: key sets come with the first token that needs them, on the Tokio runtime of whoever asks.
    pub fn new(options: Options, clock: Arc<dyn Clock>, entropy: &dyn Entropy) -> Result<Self, OptionsError> {
        let http = jittered(options.http, entropy);
        let issuers = options.issuers.into_iter().map(|issuer| Issuer::new(issuer, &http, &clock));
        let issuers = issuers.collect::<Result<_, _>>()?;
        let shared = options.hs256.map(SharedSecret::new).transpose()?;
        Ok(Self { issuers, shared, clock })
    }

    /// How the key sets that are fetched are doing.
    pub fn usage(&self) -> Vec<KeySetUsage> {
        self.issuers.iter().filter_map(Issuer::usage).collect()
    }

    fn verify_by_secret(&self, jws: &Jws<'_>, claims: &Claims) -> Result<(), Refusal> {
        let shared = self.shared.as_ref().ok_or_else(|| Refusal::new("HS256 is switched off"))?;
        if let Some(expected) = &shared.expected {
            claims.check_parties(expected)?;
        }
        jws.verify(&shared.key)
    }

    /// Accepts what one of the issuers vouches for. If none does, and one cannot be asked, nothing is certain.
    async fn verify_by_key_sets(&self, jws: &Jws<'_>, claims: &Claims) -> Result<(), TokenError> {
        let mut outcome = TokenError::from(Refusal::new("no issuer with a key set is configured"));
        for issuer in &self.issuers {
            match issuer.verify(jws, claims).await {
                Ok(()) => return Ok(()),
                Err(_) if matches!(outcome, TokenError::Unavailable(_)) => {}
                Err(error) => outcome = error,
            }
        }
        Err(outcome)
    }
}

struct SharedSecret {
    key: VerificationKey,
    /// `None` for tokens that may be meant for anyone.
    expected: Option<Expected>,
}

impl SharedSecret {
    fn new(options: Hs256Options) -> Result<Self, OptionsError> {
        let secret = options.secret.expose_secret().as_bytes();
        if secret.is_empty() {
            return Err(OptionsError::EmptySecret);
        }
        let expected = match options.mode {
            Hs256Mode::On(expected) => Some(expected),
            Hs256Mode::SubOnly => None,
        };
        Ok(Self { key: VerificationKey::hs256(secret), expected })
    }
}

/// The same options with `refresh_every` up to a tenth shorter.
fn jittered(options: HttpOptions, entropy: &dyn Entropy) -> HttpOptions {
    let mut random = [0];
    entropy.fill(&mut random);
    let less = options.refresh_every / (10 * 255) * i32::from(random[0]);
    HttpOptions { refresh_every: options.refresh_every - less, ..options }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    struct Constant(u8);

    impl Entropy for Constant {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn key_sets_are_renewed_up_to_a_tenth_sooner() {
        let refresh_every = |byte| jittered(HttpOptions::default(), &Constant(byte)).refresh_every;
        assert_eq!(refresh_every(0), TimeDelta::minutes(5));
        let shortest = refresh_every(255) - TimeDelta::seconds(270);
        assert!(shortest.abs() < TimeDelta::milliseconds(1), "{shortest}");
    }
}
