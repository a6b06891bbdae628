//! What an actor may do. Code checks permissions only; roles are bundles of them.

mod permission;
pub mod rules;

pub use permission::{Permission, PermissionSet};
pub use rules::AccessError;
