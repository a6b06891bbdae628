use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use hexado_domain::entropy::Entropy;
use hexado_domain::identity::SigningAlgorithm;
use secrecy::{ExposeSecret, SecretBox};

use super::jwk::{Members, PrivateJwk, decode};
use super::{CannotSign, InvalidKey};

/// RFC 8037.
pub(super) struct Ed25519Key {
    pair: Ed25519KeyPair,
    seed: Seed,
}

type Seed = SecretBox<[u8; 32]>;

impl Ed25519Key {
    pub(super) fn generate(entropy: &dyn Entropy) -> Result<Self, CannotSign> {
        let seed = Seed::init_with_mut(|seed| entropy.fill(seed));
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose_secret()).map_err(|_| CannotSign)?;
        Ok(Self { pair, seed })
    }

    pub(super) fn from_jwk(jwk: &PrivateJwk<'_>) -> Result<Self, InvalidKey> {
        jwk.expect("OKP", SigningAlgorithm::EdDsa)?;
        let d = decode(jwk.d)?;
        let pair = Ed25519KeyPair::from_seed_and_public_key(&d, &decode(jwk.x)?).map_err(|_| InvalidKey)?;
        let seed = d.as_slice().try_into().map_err(|_| InvalidKey)?;
        Ok(Self { pair, seed: Seed::init_with_mut(|bytes: &mut [u8; 32]| *bytes = seed) })
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }

    pub(super) fn public_members(&self) -> Members {
        self.curve().with([("x", self.x())]).with_words([("kty", "OKP")])
    }

    pub(super) fn private_members(&self) -> Members {
        self.curve().with([("d", self.seed.expose_secret()), ("x", self.x())]).with_words([("kty", "OKP")])
    }

    fn curve(&self) -> Members {
        Members::default().with_words([("crv", "Ed25519")])
    }

    fn x(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }
}
