use chrono::{DateTime, Utc};

use super::values::{Category, Description, DueAt, Priority, Title};
use crate::id::{TaskId, UserId};
use crate::patch::Patch;
use crate::version::Version;

/// Something that its owner has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    pub id: TaskId,
    pub user_id: UserId,
    pub title: Title,
    pub description: Option<Description>,
    pub category: Option<Category>,
    pub priority: Option<Priority>,
    pub due_at: Option<DueAt>,
    /// When it was completed; `None` while it is pending.
    pub completed_at: Option<DateTime<Utc>>,
    pub version: Version,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Task {
    pub fn is_completed(&self) -> bool {
        self.completed_at.is_some()
    }
}

/// What a new task shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskDraft {
    pub title: Title,
    pub description: Option<Description>,
    pub category: Option<Category>,
    pub priority: Option<Priority>,
    pub due_at: Option<DueAt>,
    pub completed: bool,
}

/// What shall become different about a task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskPatch {
    pub title: Option<Title>,
    pub description: Patch<Description>,
    pub category: Patch<Category>,
    pub priority: Patch<Priority>,
    pub due_at: Patch<DueAt>,
    pub completed: Option<bool>,
    /// Read-only fields that the client sent back; each must equal the task's own.
    pub echoes: Vec<Echo>,
}

/// A read-only field with the value that a client believes it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Echo {
    Id(i64),
    UserId(String),
    Version(i64),
    CompletedAt(Option<DateTime<Utc>>),
    CreatedAt(DateTime<Utc>),
    UpdatedAt(DateTime<Utc>),
    /// A value of a type that the field never has.
    Misfit(&'static str),
}
