use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P521_SHA512_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents, VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hexado_domain::identity::SigningAlgorithm;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::header::{Algorithm, Header};
use crate::rsa;

/// A key, with the one algorithm that it may be used with.
pub struct VerificationKey {
    kid: Option<String>,
    algorithm: Algorithm,
    key: Key,
}

enum Key {
    // More than a kilobyte.
    Secret(Box<hmac::Key>),
    Public(ParsedPublicKey),
}

impl VerificationKey {
    /// A shared secret, whose bytes are the key as they are.
    pub fn hs256(secret: &[u8]) -> Self {
        let key = Key::Secret(Box::new(hmac::Key::new(hmac::HMAC_SHA256, secret)));
        Self { kid: None, algorithm: Algorithm::Hs256, key }
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
        let public = match algorithm {
            SigningAlgorithm::EdDsa => coordinate::<32>(&jwk.x)?.to_vec(),
            SigningAlgorithm::Es256 => uncompressed_point::<32>(&jwk)?,
            SigningAlgorithm::Es512 => uncompressed_point::<66>(&jwk)?,
            SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256 => rsa_key(&jwk)?,
        };
        let key = ParsedPublicKey::new(parameters(algorithm), public).map_err(|_| "its numbers make no key")?;
        Ok(Self { kid: jwk.kid, algorithm: Algorithm::Public(algorithm), key: Key::Public(key) })
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether the signature of `message` was made with this key, or its private half.
    pub(crate) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.key {
            Key::Secret(key) => hmac::verify(key, message, signature).is_ok(),
            Key::Public(key) => key.verify_sig(message, signature).is_ok(),
        }
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
    fn algorithm(&self) -> Option<SigningAlgorithm> {
        let implied = match (self.kty.as_str(), self.crv.as_deref()) {
            ("OKP", Some("Ed25519")) => SigningAlgorithm::EdDsa,
            ("EC", Some("P-256")) => SigningAlgorithm::Es256,
            ("EC", Some("P-521")) => SigningAlgorithm::Es512,
            ("RSA", _) => SigningAlgorithm::Rs256,
            _ => return None,
        };
        let Some(name) = self.alg.as_deref() else { return Some(implied) };
        let named = SigningAlgorithm::from_name(name)?;
        let fits = named == implied || (implied, named) == (SigningAlgorithm::Rs256, SigningAlgorithm::Ps256);
        fits.then_some(named)
    }
}

fn parameters(algorithm: SigningAlgorithm) -> &'static dyn VerificationAlgorithm {
    match algorithm {
        SigningAlgorithm::EdDsa => &ED25519,
        SigningAlgorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
        SigningAlgorithm::Es512 => &ECDSA_P521_SHA512_FIXED,
        SigningAlgorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        SigningAlgorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
    }
}

const MALFORMED: &str = "one of its numbers is missing or malformed";

fn number(text: &Option<String>) -> Result<Vec<u8>, &'static str> {
    let text = text.as_deref().ok_or(MALFORMED)?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| MALFORMED)
}

/// As long as the numbers of its curve (RFC 7518, section 6.2.1.2).
fn coordinate<const BYTES: usize>(text: &Option<String>) -> Result<[u8; BYTES], &'static str> {
    number(text)?.try_into().map_err(|_| MALFORMED)
}

/// SEC 1, section 2.3.3.
fn uncompressed_point<const BYTES: usize>(jwk: &Jwk) -> Result<Vec<u8>, &'static str> {
    Ok([&[4][..], &coordinate::<BYTES>(&jwk.x)?, &coordinate::<BYTES>(&jwk.y)?].concat())
}

/// RFC 5280, section 4.1.
fn rsa_key(jwk: &Jwk) -> Result<Vec<u8>, &'static str> {
    let (modulus, exponent) = (number(&jwk.n)?, number(&jwk.e)?);
    let (modulus, exponent) = (without_leading_zeros(&modulus), without_leading_zeros(&exponent));
    rsa::check(modulus, exponent)?;
    let components = RsaPublicKeyComponents { n: modulus, e: exponent };
    let key: PublicKeyX509Der<'_> = components.as_der().map_err(|_| MALFORMED)?;
    Ok(key.as_ref().to_vec())
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}
