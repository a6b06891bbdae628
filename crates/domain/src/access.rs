//! What an actor may do. Code checks permissions only; roles are bundles of them.

mod book;
mod catalog;
mod change;
mod error;
mod pattern;
mod permission;
mod ports;
mod role;
pub mod role_rules;
pub mod rules;
mod service;

pub use book::RoleBook;
pub use catalog::{RoleCatalog, RolePermissions, role_names};
pub use change::{RoleChange, RolePatch, RoleRemoval};
pub use error::{AccessError, RoleError};
pub use pattern::PermissionPattern;
pub use permission::{Permission, PermissionSet};
#[cfg(any(test, feature = "testing"))]
pub use ports::MockRoleStore;
pub use ports::{Removed, RoleStore};
pub use role::{BuiltIn, Role, RoleDefinition, RoleDescription, RoleEntry, RoleHistory, RoleName};
pub use service::RoleService;
