use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeyPairComponents, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding};
use hexado_domain::identity::SigningAlgorithm;
use pkcs1::RsaPrivateKey;
use pkcs1::der::Decode;
use pkcs1::der::asn1::UintRef;
use pkcs8::PrivateKeyInfo;
use secrecy::zeroize::Zeroizing;

use super::jwk::{Members, PrivateJwk, decode};
use super::{CannotSign, InvalidKey};

/// RFC 7518, sections 3.3, 3.5 and 6.3. From 2048 to 8192 bits.
pub(super) struct RsaKey {
    pair: KeyPair,
    padding: &'static dyn RsaEncoding,
    numbers: Numbers,
}

type Number = Zeroizing<Vec<u8>>;

/// By their names in a JSON Web Key.
struct Numbers {
    n: Number,
    e: Number,
    d: Number,
    p: Number,
    q: Number,
    dp: Number,
    dq: Number,
    qi: Number,
}

impl RsaKey {
    pub(super) fn generate(algorithm: SigningAlgorithm) -> Result<Self, CannotSign> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| CannotSign)?;
        let numbers = Numbers::of(&pair).ok_or(CannotSign)?;
        Ok(Self { pair, padding: padding(algorithm), numbers })
    }

    pub(super) fn from_jwk(algorithm: SigningAlgorithm, jwk: &PrivateJwk<'_>) -> Result<Self, InvalidKey> {
        jwk.expect("RSA", algorithm)?;
        let numbers = Numbers::from_jwk(jwk)?;
        let Numbers { n, e, d, p, q, dp, dq, qi } = &numbers;
        let components =
            KeyPairComponents { public_key: PublicKeyComponents { n, e }, d, p, q, dP: dp, dQ: dq, qInv: qi };
        let pair = KeyPair::from_components(&components).map_err(|_| InvalidKey)?;
        Ok(Self { pair, padding: padding(algorithm), numbers })
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CannotSign> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(self.padding, &SystemRandom::new(), message, &mut signature).map_err(|_| CannotSign)?;
        Ok(signature)
    }

    pub(super) fn public_members(&self) -> Members {
        let Numbers { n, e, .. } = &self.numbers;
        Members::default().with_words([("kty", "RSA")]).with([("n", n), ("e", e)])
    }

    pub(super) fn private_members(&self) -> Members {
        let Numbers { d, p, q, dp, dq, qi, .. } = &self.numbers;
        self.public_members().with([("d", d), ("p", p), ("q", q), ("dp", dp), ("dq", dq), ("qi", qi)])
    }
}

impl Numbers {
    /// Takes them from the only form in which the library gives a private key away.
    fn of(pair: &KeyPair) -> Option<Self> {
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().ok()?;
        let info = PrivateKeyInfo::from_der(pkcs8.as_ref()).ok()?;
        let key = RsaPrivateKey::from_der(info.private_key).ok()?;
        let number = |number: UintRef<'_>| Zeroizing::new(number.as_bytes().to_vec());
        Some(Self {
            n: number(key.modulus),
            e: number(key.public_exponent),
            d: number(key.private_exponent),
            p: number(key.prime1),
            q: number(key.prime2),
            dp: number(key.exponent1),
            dq: number(key.exponent2),
            qi: number(key.coefficient),
        })
    }

    fn from_jwk(jwk: &PrivateJwk<'_>) -> Result<Self, InvalidKey> {
        Ok(Self {
            n: decode(jwk.n)?,
            e: decode(jwk.e)?,
            d: decode(jwk.d)?,
            p: decode(jwk.p)?,
            q: decode(jwk.q)?,
            dp: decode(jwk.dp)?,
            dq: decode(jwk.dq)?,
            qi: decode(jwk.qi)?,
        })
    }
}

fn padding(algorithm: SigningAlgorithm) -> &'static dyn RsaEncoding {
    match algorithm {
        SigningAlgorithm::Ps256 => &RSA_PSS_SHA256,
        _ => &RSA_PKCS1_SHA256,
    }
}
