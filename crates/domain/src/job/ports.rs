use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use super::model::{Claim, ClaimedJob};
use crate::error::StoreError;

/// Keeps jobs until they are done.
///
/// Several instances may call it at once. What is done with a claim that has ended changes nothing, except that
/// [`finish`](Self::finish) removes the job: what is done is done, whoever did it.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait JobQueue: Send + Sync {
    /// The job of a [known kind](super::Job::KINDS) that has been due longest at `now`, if there is one. No other claim gets
    /// it before `now + lease`.
    ///
    /// A job that cannot be read is buried, and the answer is [`StoreError::Unexpected`].
    async fn claim(&self, now: DateTime<Utc>, lease: TimeDelta) -> Result<Option<ClaimedJob>, StoreError>;

    /// Removes a job that is done.
    async fn finish(&self, claim: Claim) -> Result<(), StoreError>;

    /// Gives the job back, to be claimed again from `not_before` on.
    async fn retry(&self, claim: Claim, not_before: DateTime<Utc>, error: &str) -> Result<(), StoreError>;

    /// Gives the job up at `at`. It is never claimed again, and is kept for people to look at.
    async fn bury(&self, claim: Claim, at: DateTime<Utc>, error: &str) -> Result<(), StoreError>;
}
