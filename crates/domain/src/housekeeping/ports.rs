use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::leftovers::Leftovers;
use crate::error::StoreError;

/// Removes what is left over.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Housekeeping: Send + Sync {
    /// Removes up to `at_most` of the leftovers whose time came before `before`, and tells how many. What someone else is
    /// at is passed by, not waited for: several instances may do this at once.
    async fn remove(&self, what: Leftovers, before: DateTime<Utc>, at_most: usize) -> Result<usize, StoreError>;
}
