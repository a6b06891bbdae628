//! Whether what Hexado depends on answers.

use std::time::Duration;

use async_trait::async_trait;

use crate::error::StoreError;

/// Asks a dependency for a sign of life.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Probe: Send + Sync {
    /// How long one round trip took. [`StoreError::Unavailable`] when there was no answer in time.
    async fn round_trip(&self) -> Result<Duration, StoreError>;
}
