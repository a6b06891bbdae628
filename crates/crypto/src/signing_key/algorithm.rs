use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// What a key can sign with, by its name in token headers (RFC 7518, section 3.1; RFC 8037, section 3.1). The default is
/// Ed25519: the fastest, and the smallest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519
    #[default]
    EdDsa,
    /// ECDSA with P-256 and SHA-256
    Es256,
    /// ECDSA with P-521 and SHA-512
    Es512,
    /// RSASSA-PKCS1-v1_5 with SHA-256
    Rs256,
    /// RSASSA-PSS with SHA-256
    Ps256,
}

impl Algorithm {
    pub const ALL: [Self; 5] = [Self::EdDsa, Self::Es256, Self::Es512, Self::Rs256, Self::Ps256];

    /// `alg` in token headers and key sets.
    pub fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Es512 => "ES512",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }

    /// `crv` in key sets; RSA has none.
    pub fn curve(self) -> Option<&'static str> {
        match self {
            Self::EdDsa => Some("Ed25519"),
            Self::Es256 => Some("P-256"),
            Self::Es512 => Some("P-521"),
            Self::Rs256 | Self::Ps256 => None,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    /// Names are compared as they are, letter case included.
    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name).ok_or(UnknownAlgorithm)
    }
}

/// The name is of no algorithm that keys can be made for.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not one of EdDSA, ES256, ES512, RS256 and PS256")]
pub struct UnknownAlgorithm;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_is_found_by_its_name_and_no_other_is() {
        for algorithm in Algorithm::ALL {
            assert_eq!(algorithm.to_string().parse(), Ok(algorithm));
            assert!(UnknownAlgorithm.to_string().contains(algorithm.name()));
        }
        for name in ["", "none", "HS256", "ES384", "eddsa", "EdDSA "] {
            assert_eq!(name.parse::<Algorithm>(), Err(UnknownAlgorithm), "{name}");
        }
    }
}
