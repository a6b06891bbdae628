//! Changes as values: what a rule makes and a store makes visible.

use super::model::Share;
use crate::audit::AuditEvent;
use crate::id::{TaskId, UserId};
use crate::version::Expected;

/// A change of one share of a task, with the outcome that it has once it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareChange<T> {
    pub task_id: TaskId,
    pub owner: UserId,
    /// The revision of the task's sharing that must still be the present one.
    pub made_from: i64,
    /// The versions that the task may have.
    pub expected: Expected,
    pub outcome: T,
    /// Who asked for it, from where and when.
    pub event: AuditEvent,
}

/// A share to be stored, in place of the one that the user may have.
pub type ShareGrant = ShareChange<Granted>;

/// A share to be removed: that of this user.
pub type ShareRevocation = ShareChange<UserId>;

/// What a grant led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    pub share: Share,
    /// Whether the task was not shared with the user before.
    pub is_new: bool,
}
