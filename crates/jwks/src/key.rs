use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::header::Header;
use crate::{header, rsa};

/// A key, with the one algorithm that it may be used with.
pub struct VerificationKey {
    kid: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl VerificationKey {
    /// A shared secret, whose bytes are the key as they are.
    pub fn hs256(secret: &[u8]) -> Self {
        Self { kid: None, algorithm: Algorithm::HS256, key: DecodingKey::from_secret(secret) }
    }

    /// The error says why `jwk` cannot check signatures here.
    pub(crate) fn from_jwk(jwk: Jwk) -> Result<Self, &'static str> {
        if jwk.d.is_some() {
            return Err("it is published together with its private half");
        }
        if !jwk.is_for_signatures() {
            return Err("it is not meant for signatures");
        }
        let algorithm = jwk.algorithm().ok_or("its kind is not accepted")?;
        let key = match algorithm {
            Algorithm::EdDSA => DecodingKey::from_ed_der(&coordinate(&jwk.x)?),
            Algorithm::ES256 => DecodingKey::from_ec_der(&uncompressed_point(&jwk)?),
            _ => rsa_key(&jwk)?,
        };
        Ok(Self { kid: jwk.kid, algorithm, key })
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(crate) fn decoding_key(&self) -> &DecodingKey {
        &self.key
    }

    /// A token that names no key can mean any key of its algorithm.
    pub(crate) fn can_be_meant_by(&self, header: &Header) -> bool {
        self.algorithm == header.algorithm && (header.kid.is_none() || header.kid == self.kid)
    }
}

/// A JSON Web Key (RFC 7517, section 4; RFC 7518, section 6; RFC 8037, section 2), as far as it matters here.
#[derive(Deserialize)]
pub(crate) struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    d: Option<IgnoredAny>,
}

impl Jwk {
    fn is_for_signatures(&self) -> bool {
        let usage = self.usage.as_deref().is_none_or(|usage| usage == "sig");
        usage && self.key_ops.as_ref().is_none_or(|operations| operations.iter().any(|operation| operation == "verify"))
    }

    /// What the key says, or what its kind implies.
    fn algorithm(&self) -> Option<Algorithm> {
        let implied = match (self.kty.as_str(), self.crv.as_deref()) {
            ("OKP", Some("Ed25519")) => Algorithm::EdDSA,
            ("EC", Some("P-256")) => Algorithm::ES256,
            ("RSA", _) => Algorithm::RS256,
            _ => return None,
        };
        let Some(name) = self.alg.as_deref() else { return Some(implied) };
        let named = header::accepted(name)?;
        let fits = named == implied || (implied, named) == (Algorithm::RS256, Algorithm::PS256);
        fits.then_some(named)
    }
}

const MALFORMED: &str = "one of its numbers is missing or malformed";

fn number(text: &Option<String>) -> Result<Vec<u8>, &'static str> {
    let text = text.as_deref().ok_or(MALFORMED)?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| MALFORMED)
}

fn coordinate(text: &Option<String>) -> Result<[u8; 32], &'static str> {
    number(text)?.try_into().map_err(|_| MALFORMED)
}

/// SEC 1, section 2.3.3.
fn uncompressed_point(jwk: &Jwk) -> Result<Vec<u8>, &'static str> {
    Ok([&[4][..], &coordinate(&jwk.x)?, &coordinate(&jwk.y)?].concat())
}

fn rsa_key(jwk: &Jwk) -> Result<DecodingKey, &'static str> {
    let (modulus, exponent) = (number(&jwk.n)?, number(&jwk.e)?);
    let (modulus, exponent) = (without_leading_zeros(&modulus), without_leading_zeros(&exponent));
    rsa::check(modulus, exponent)?;
    Ok(DecodingKey::from_rsa_raw_components(modulus, exponent))
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}
