//! Tasks: what a user has to do.

mod change;
mod counters;
mod error;
mod model;
mod ports;
mod query;
pub mod rules;
mod service;
pub mod share;
mod values;

pub use change::{EventKind, TaskChange, TaskCreation, TaskDeletion, TaskOutcome};
pub use counters::{ActivityDelta, BUCKET, CategoryDelta, CounterDelta, PriorityDelta, bucket_of};
pub use error::TaskError;
pub use model::{Echo, Task, TaskDraft, TaskPatch};
#[cfg(any(test, feature = "testing"))]
pub use ports::MockTaskStore;
pub use ports::{OWNER_CONSTRAINT, TaskStore, WriteTarget};
pub use query::{SearchWords, SortField, SortKey, StatusFilter, TaskCursor, TaskFilter, TaskQuery, TaskSort};
pub use service::TaskService;
pub use values::{Category, Description, DueAt, Priority, Title};

pub use crate::version::{Expected, Version};
