use async_trait::async_trait;

use super::change::{ShareGrant, ShareRevocation};
use crate::error::StoreError;
use crate::idempotency::Attempt;

/// Keeps who may reach other users' tasks. What a task is shared with is read with the task, by
/// [`TaskStore::find_for_write`](crate::task::TaskStore::find_for_write).
///
/// Every write is atomic: the share, the next revision of the task's sharing, one event in the sharee's change log with
/// the next number of that log (`shared` with the task, or `unshared`), the audit record and the record of the attempt
/// become visible together or not at all. The task's version and its owner's log stay as they are. Attempts count as they do for tasks.
///
/// A share ends with its task, and with its user. The end of a task's owner is an event in the log of each user with whom
/// they shared a task.
///
/// [`StoreError::Stale`] when the revision that the change was made from is not the present one, when the task's version is
/// not an expected one, or when the task is gone.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait ShareStore: Send + Sync {
    /// [`StoreError::Conflict`] on [`OWNER_CONSTRAINT`](crate::task::OWNER_CONSTRAINT) when the sharee does not exist.
    async fn grant<'a>(&self, grant: &ShareGrant, attempt: Option<&'a Attempt>) -> Result<(), StoreError>;

    async fn revoke<'a>(&self, revocation: &ShareRevocation, attempt: Option<&'a Attempt>) -> Result<(), StoreError>;
}
