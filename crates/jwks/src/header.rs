use hexado_domain::identity::SigningAlgorithm;

use crate::members::Members;
use crate::refusal::Refusal;

/// Members that would let a token choose the key it is checked with (RFC 7515, sections 4.1.2 to 4.1.6), or change what
/// the rest of it means (section 4.1.11).
const REFUSED: [&str; 5] = ["jwk", "jku", "x5u", "x5c", "crit"];

/// What a token says about its signature.
#[derive(Debug)]
pub(crate) struct Header {
    /// Only ever compared with the algorithm of the key.
    pub(crate) algorithm: Algorithm,
    pub(crate) kid: Option<String>,
}

impl Header {
    pub(crate) fn parse(json: &[u8]) -> Result<Self, Refusal> {
        let mut members = Members::parse(json, "header")?;
        if let Some(name) = REFUSED.into_iter().find(|name| members.contains(name)) {
            return Err(Refusal::new(format!("its header has `{name}`")));
        }
        if members.take_string("typ")?.is_some_and(|typ| !is_access_token(&typ)) {
            return Err(Refusal::new("its `typ` is that of something else"));
        }
        let algorithm = members.take_string("alg")?.ok_or_else(|| Refusal::new("it names no algorithm"))?;
        let algorithm =
            Algorithm::from_name(&algorithm).ok_or_else(|| Refusal::new("its algorithm is not accepted"))?;
        Ok(Self { algorithm, kid: members.take_string("kid")? })
    }
}

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// With a secret that is shared: HMAC with SHA-256.
    Hs256,
    /// With a key whose public half is published.
    Public(SigningAlgorithm),
}

impl Algorithm {
    /// `None` for what is not accepted.
    fn from_name(name: &str) -> Option<Self> {
        if name == "HS256" { Some(Self::Hs256) } else { SigningAlgorithm::from_name(name).map(Self::Public) }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Public(algorithm) => algorithm.name(),
        }
    }
}

/// Whether `typ` is that of plain JWTs (RFC 7519, section 5.1) or of access tokens (RFC 9068, section 2.1). It is a media
/// type, so its case does not matter, and `application/` may be left out.
fn is_access_token(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    matches!(typ.strip_prefix("application/").unwrap_or(&typ), "jwt" | "at+jwt")
}
