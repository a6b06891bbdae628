use aws_lc_rs::digest::{SHA256, digest};
use hexado_domain::audit::{ChainHasher, Hash};

/// [`ChainHasher`] with SHA-256.
pub struct Sha256ChainHasher;

impl ChainHasher for Sha256ChainHasher {
    fn hash(&self, bytes: &[u8]) -> Hash {
        let mut hash = Hash::default();
        hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
        hash
    }
}
