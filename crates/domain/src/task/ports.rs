use async_trait::async_trait;

use super::change::{TaskChange, TaskCreation, TaskDeletion, TaskOutcome};
use super::model::Task;
use super::query::TaskQuery;
use super::share::Sharing;
use crate::error::StoreError;
use crate::id::{TaskId, UserId};
use crate::idempotency::{Attempt, Recorded};
use crate::page::Page;

/// The rule by which a store refuses what would belong to a user that does not exist.
pub const OWNER_CONSTRAINT: &str = "user_counters_user_id_fkey";

/// Keeps tasks, their owners' counters and the change log.
///
/// Every write is atomic: the task, the counters of its owner, one event in the change log of the owner and of each user
/// whom the task is shared with, with the next number of that log, and the record of the attempt (when one is given) become
/// visible together or not at all. The numbers of one user's log have no gaps and grow in the order in which the writes
/// become visible. `Ok` means that the write is durable.
///
/// A change names those whom the task is shared with. It is stored only while they are the same, so that nobody is told of
/// a task that they may no longer see, and nobody misses a change of one that they have just come to see.
///
/// A write whose attempt has been recorded before writes nothing and is [`StoreError::Recorded`]; one whose attempt is
/// still running elsewhere waits for it, and past the store's lock limit is [`StoreError::InFlight`]. A record older than
/// [`RETENTION`](crate::idempotency::RETENTION) counts as none.
///
/// [`StoreError::Unavailable`] from a write says nothing about its outcome: only an attempt makes it safe to send again.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait TaskStore: Send + Sync {
    /// The page that `query` asks for of a user's tasks, or of those that others share with them.
    async fn list(&self, user: &UserId, query: &TaskQuery) -> Result<Page<Task>, StoreError>;

    /// The task, if it exists, and `user` owns it or it is shared with them.
    async fn find(&self, user: &UserId, id: TaskId) -> Result<Option<Task>, StoreError>;

    /// The same as a basis for a write: with whom it is shared, and what an earlier sending of the attempt led to.
    async fn find_for_write<'a>(
        &self,
        user: &UserId,
        id: TaskId,
        attempt: Option<&'a Attempt>,
    ) -> Result<WriteTarget, StoreError>;

    /// What an earlier sending of the attempt led to.
    async fn recorded(&self, attempt: &Attempt) -> Result<Option<Recorded<TaskOutcome>>, StoreError>;

    /// Records an attempt that turned out to change nothing, with what everything is like.
    async fn record(&self, attempt: &Attempt, unchanged: &TaskOutcome) -> Result<(), StoreError>;

    /// The stored task, with its id. [`StoreError::Conflict`] on [`OWNER_CONSTRAINT`] when the owner does not exist.
    async fn create<'a>(&self, creation: &TaskCreation, attempt: Option<&'a Attempt>) -> Result<Task, StoreError>;

    /// The stored task. [`StoreError::Stale`] when the version or the sharing that it was made from is not the present one, or
    /// is gone.
    async fn update<'a>(&self, change: &TaskChange, attempt: Option<&'a Attempt>) -> Result<Task, StoreError>;

    /// Whether the task was there, owned by that user, shared as the deletion says and in an expected version, and is gone
    /// now, with its shares.
    async fn delete<'a>(&self, deletion: &TaskDeletion, attempt: Option<&'a Attempt>) -> Result<bool, StoreError>;
}

/// What a write to one task begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteTarget {
    pub task: Option<Task>,
    pub sharing: Sharing,
    pub recorded: Option<Recorded<TaskOutcome>>,
}
