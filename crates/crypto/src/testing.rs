//! Sources of randomness for the tests of this crate, and what the original makes of a known secret.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest::{SHA256, digest};
use hexado_domain::entropy::Entropy;
use serde_json::Value;

/// Gives the same bytes in every run, and never the same twice.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl From<u64> for Counter {
    fn from(start: u64) -> Self {
        Self(start.into())
    }
}

impl Entropy for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            chunk.copy_from_slice(&digest(&SHA256, &number.to_be_bytes()).as_ref()[..chunk.len()]);
        }
    }
}

/// Made by the packages themselves; see `tests/vectors/make.mjs`.
pub(crate) fn better_auth() -> Value {
    serde_json::from_str(include_str!("../tests/vectors/better-auth.json")).unwrap()
}

/// The secret that the vectors were made with.
pub(crate) const SECRET: &str = "reference-secret-only-for-tests-0123456789abcdef";
