use async_trait::async_trait;

use super::{RoleCatalog, RoleChange, RoleRemoval};
use crate::audit::AuditEvent;
use crate::error::StoreError;
use crate::id::UserId;

/// Keeps the roles that somebody made.
///
/// Whether a role may be changed depends on the others, so each change counts only if no role at all has changed since the
/// catalog that it was made from; if one has, it is [`StoreError::Stale`], and nothing happens.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait RoleStore: Send + Sync {
    /// All of them, as they were at one moment. Patterns that this version does not know are left out.
    async fn all(&self) -> Result<RoleCatalog, StoreError>;

    /// Stores a role, new or in the place of the one that has its name, and its event with it.
    async fn put(&self, change: &RoleChange, event: &AuditEvent) -> Result<(), StoreError>;

    /// Deletes a role, unless a user holds it, and stores its event with that.
    async fn remove(&self, removal: &RoleRemoval, event: &AuditEvent) -> Result<Removed, StoreError>;
}

/// What came of the removal of a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removed {
    Done,
    /// Nothing: these users hold it, and perhaps more than the [`Self::NAMED`] first ones by id.
    HeldBy(Vec<UserId>),
}

impl Removed {
    /// Holders that are named at most.
    pub const NAMED: i64 = 10;
}
