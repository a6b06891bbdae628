//! Changes as values: what a rule makes and a store makes visible.

use chrono::{DateTime, Utc};

use super::counters::CounterDelta;
use super::model::{Task, TaskDraft};
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
    pub at: DateTime<Utc>,
}

/// What a write to a task led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskOutcome {
    Saved(Task),
    Deleted(TaskId),
}

/// What happened to a task, in the words of the change log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    Created,
    Updated,
    Completed,
    Deleted,
}

impl EventKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Completed => "completed",
            Self::Deleted => "deleted",
        }
    }
}
