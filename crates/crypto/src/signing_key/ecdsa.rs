use aws_lc_rs::encoding::{AsBigEndian, EcPrivateKeyBin};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair,
};
use hexado_domain::identity::SigningAlgorithm;
use secrecy::zeroize::Zeroizing;

use super::jwk::{Members, PrivateJwk, decode};
use super::{CannotSign, InvalidKey};

/// RFC 7518, sections 3.4 and 6.2.
pub(super) struct EcdsaKey {
    pair: EcdsaKeyPair,
    curve: &'static str,
    private: Zeroizing<Vec<u8>>,
}

/// Starts a point that has both coordinates (SEC 1, section 2.3.3).
const UNCOMPRESSED: u8 = 4;

impl EcdsaKey {
    pub(super) fn generate(algorithm: SigningAlgorithm) -> Result<Self, CannotSign> {
        let (signing, curve) = parameters(algorithm);
        let pair = EcdsaKeyPair::generate(signing).map_err(|_| CannotSign)?;
        let private: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().map_err(|_| CannotSign)?;
        let private = Zeroizing::new(private.as_ref().to_vec());
        Ok(Self { pair, curve, private })
    }

    pub(super) fn from_jwk(algorithm: SigningAlgorithm, jwk: &PrivateJwk<'_>) -> Result<Self, InvalidKey> {
        jwk.expect("EC", algorithm)?;
        let (signing, curve) = parameters(algorithm);
        let (private, x, y) = (decode(jwk.d)?, decode(jwk.x)?, decode(jwk.y)?);
        if x.len() != y.len() {
            return Err(InvalidKey);
        }
        let public = [&[UNCOMPRESSED], x.as_slice(), y.as_slice()].concat();
        let pair = EcdsaKeyPair::from_private_key_and_public_key(signing, &private, &public).map_err(|_| InvalidKey)?;
        Ok(Self { pair, curve, private })
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CannotSign> {
        let signature = self.pair.sign(&SystemRandom::new(), message).map_err(|_| CannotSign)?;
        Ok(signature.as_ref().to_vec())
    }

    pub(super) fn public_members(&self) -> Members {
        let coordinates = &self.pair.public_key().as_ref()[1..];
        let (x, y) = coordinates.split_at(coordinates.len() / 2);
        Members::default().with_words([("kty", "EC")]).with([("x", x), ("y", y)]).with_words([("crv", self.curve)])
    }

    pub(super) fn private_members(&self) -> Members {
        self.public_members().with([("d", &self.private)])
    }
}

fn parameters(algorithm: SigningAlgorithm) -> (&'static EcdsaSigningAlgorithm, &'static str) {
    match algorithm {
        SigningAlgorithm::Es512 => (&ECDSA_P521_SHA512_FIXED_SIGNING, "P-521"),
        _ => (&ECDSA_P256_SHA256_FIXED_SIGNING, "P-256"),
    }
}
