//! Changes as values: what a rule makes and a store makes visible.

use chrono::{DateTime, Utc};

use super::counters::CounterDelta;
use super::model::{Task, TaskDraft};
use super::share::{Granted, Sharing};
use crate::id::{TaskId, UserId};
use crate::version::{Expected, Version};

/// A task to be stored for the first time; the store assigns its id, and counts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskCreation {
    pub user_id: UserId,
    pub draft: TaskDraft,
    pub at: DateTime<Utc>,
}

impl TaskCreation {
    pub fn new(owner: UserId, draft: TaskDraft, at: DateTime<Utc>) -> Self {
        Self { user_id: owner, draft, at }
    }
}

/// A changed task, to be stored in place of the version before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskChange {
    /// The task as it shall be; its version follows the one it was made from.
    pub task: Task,
    pub event: EventKind,
    pub counters: CounterDelta,
    /// With whom the task is shared: they are told of the change, and it is made only if they still are the same.
    pub sharing: Sharing,
}

impl TaskChange {
    /// The version that must still be the present one when the change is stored.
    pub fn made_from(&self) -> Version {
        Version::new(self.task.version.get() - 1)
    }
}

/// A task to be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskDeletion {
    pub user_id: UserId,
    pub id: TaskId,
    pub expected: Expected,
    /// As in [`TaskChange`].
    pub sharing: Sharing,
    pub at: DateTime<Utc>,
}

/// What a write to a task or to one of its shares led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskOutcome {
    Saved(Task),
    Deleted(TaskId),
    Granted(Granted),
    /// Whose share it was.
    Revoked(UserId),
}

/// What happened to a task, in the words of the change log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    Created,
    Updated,
    Completed,
    Deleted,
    /// Another user's task can be seen from now on; also when what may be done with it changes.
    Shared,
    /// Another user's task can no longer be seen.
    Unshared,
}

impl EventKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Completed => "completed",
            Self::Deleted => "deleted",
            Self::Shared => "shared",
            Self::Unshared => "unshared",
        }
    }
}
