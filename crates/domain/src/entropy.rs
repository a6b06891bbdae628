//! Randomness, as a port.

/// Fills buffers with unpredictable bytes, fit for secrets.
pub trait Entropy: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}
