use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::header::Header;
use crate::key::VerificationKey;
use crate::refusal::Refusal;

/// Bytes that a token has at most.
const MAX_LENGTH: usize = 8 * 1024;

/// A signed text in compact form (RFC 7515, section 3.1), not yet checked.
pub struct Jws<'a> {
    pub(crate) header: Header,
    payload: Vec<u8>,
    /// Header and payload as they were signed.
    message: &'a str,
    signature: &'a str,
}

impl<'a> Jws<'a> {
    /// Refuses what is not three parts in canonical base64url, and headers that ask for anything unusual.
    pub fn parse(text: &'a str) -> Result<Self, Refusal> {
        if text.len() > MAX_LENGTH {
            return Err(Refusal::new(format!("it has more than {MAX_LENGTH} bytes")));
        }
        let malformed = || Refusal::new("it does not have three parts");
        let (message, signature) = text.rsplit_once('.').ok_or_else(malformed)?;
        let (header, payload) = message.split_once('.').ok_or_else(malformed)?;
        Ok(Self { header: Header::parse(&decode(header)?)?, payload: decode(payload)?, message, signature })
    }

    pub(crate) fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Whether `key` made the signature, by the algorithm of the key.
    pub fn verify(&self, key: &VerificationKey) -> Result<(), Refusal> {
        let algorithm = key.algorithm();
        if self.header.algorithm != algorithm {
            return Err(Refusal::new("it names another algorithm than that of its key"));
        }
        let signature = decode(self.signature)?;
        let is_right = key.has_signed(self.message.as_bytes(), &signature);
        is_right.then_some(()).ok_or_else(|| Refusal::new("its signature is wrong"))
    }
}

/// Neither padding, nor other alphabets, nor bits that mean nothing: one text for one content.
fn decode(part: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::new("a part of it is not canonical base64url"))
}
