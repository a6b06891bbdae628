//! Identifiers that are stored as their hash, so that who reads the database cannot use them.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// SHA-256 in URL-safe base64 without padding: what Better Auth stores for a verification's identifier when
/// `verification.storeIdentifier` is `hashed`. Only for what cannot be guessed: it is fast, and has no salt.
pub fn hashed_identifier(identifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, identifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_sha_256_of_the_text() {
        // FIPS 180-2, appendix B.1: ba7816bf 8f01cfea 414140de 5dae2223 b00361a3 96177a9c b410ff61 f20015ad.
        assert_eq!(hashed_identifier("abc"), "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    }
}
