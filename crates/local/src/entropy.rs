use hexado_domain::entropy::Entropy;

/// The operating system's source of randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    /// # Panics
    ///
    /// When the operating system has no randomness to give: going on would make secrets that can be guessed.
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            panic!("the operating system gives no randomness: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_fillings_differ() {
        let fill = || {
            let mut bytes = [0; 32];
            OsEntropy.fill(&mut bytes);
            bytes
        };
        let (one, other) = (fill(), fill());
        assert_ne!(one, other);
        assert_ne!(one, [0; 32]);
    }
}
