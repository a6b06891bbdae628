//! Which roles may be made, changed and removed, and by whom.
//!
//! Nobody gains by it: whatever a change does to any role, before and after it these roles permit only what the one who makes
//! it is permitted already.

use chrono::{DateTime, Utc};

use super::{
    AccessError, BuiltIn, PermissionSet, Role, RoleCatalog, RoleChange, RoleDefinition, RoleError, RoleHistory,
    RoleName, RolePatch, RolePermissions, RoleRemoval,
};
use crate::access::rules::check_held;
use crate::version::{Expected, Version};

/// Roles that are kept at most, beside those that are built in.
pub const MAX_ROLES: usize = 100;

/// Roles in a row that inherit from each other, at most.
pub const MAX_DEPTH: usize = 8;

/// A new role, made by somebody who holds `held`.
pub fn create(
    catalog: &RoleCatalog,
    definition: RoleDefinition,
    held: PermissionSet,
    now: DateTime<Utc>,
) -> Result<RoleChange, RoleError> {
    if BuiltIn::find(definition.name.as_str()).is_some() {
        return Err(RoleError::BuiltIn);
    }
    if catalog.find(&definition.name).is_some() {
        return Err(RoleError::Exists);
    }
    if catalog.roles.len() >= MAX_ROLES {
        return Err(RoleError::TooMany { max: MAX_ROLES });
    }
    let history = RoleHistory { version: Version::FIRST, created_at: now, updated_at: now };
    judged(catalog, Role { definition, history }, held)
}

/// The change that `patch` makes to a role, or `None` when it is that way already.
pub fn replace(
    catalog: &RoleCatalog,
    name: &RoleName,
    patch: RolePatch,
    expected: &Expected,
    held: PermissionSet,
    now: DateTime<Utc>,
) -> Result<Option<RoleChange>, RoleError> {
    let Role { definition: old, history } = present(catalog, name, expected)?;
    let definition = RoleDefinition {
        name: name.clone(),
        description: patch.description.apply(old.description.clone()),
        permissions: patch.permissions,
        inherits: patch.inherits.unwrap_or_else(|| old.inherits.clone()),
    };
    if definition == *old {
        return Ok(None);
    }
    // A clock that stepped back must not make a role look older than it was.
    let updated_at = now.max(history.updated_at);
    let history = RoleHistory { version: history.version.next(), updated_at, ..*history };
    judged(catalog, Role { definition, history }, held).map(Some)
}

/// The end of a role from which none inherits.
pub fn remove(
    catalog: &RoleCatalog,
    name: &RoleName,
    expected: &Expected,
    held: PermissionSet,
) -> Result<RoleRemoval, RoleError> {
    present(catalog, name, expected)?;
    check_reach(name, &catalog.permissions(), &catalog.without(name).permissions(), held)?;
    let heirs = catalog.heirs(name);
    if !heirs.is_empty() {
        return Err(RoleError::Inherited(heirs));
    }
    Ok(RoleRemoval { name: name.clone(), made_from: catalog.revision })
}

/// The role that is to be changed.
fn present<'a>(catalog: &'a RoleCatalog, name: &RoleName, expected: &Expected) -> Result<&'a Role, RoleError> {
    if BuiltIn::find(name.as_str()).is_some() {
        return Err(RoleError::BuiltIn);
    }
    let role = catalog.find(name).ok_or(RoleError::NotFound)?;
    let current = role.history.version;
    if expected.allows(current) { Ok(role) } else { Err(RoleError::Stale { current }) }
}

fn judged(catalog: &RoleCatalog, role: Role, held: PermissionSet) -> Result<RoleChange, RoleError> {
    let changed = catalog.with(role.clone());
    if let Some(unknown) = role.definition.inherits.iter().find(|parent| !changed.knows(parent)) {
        return Err(RoleError::UnknownParent(unknown.clone()));
    }
    if let Some(circle) = changed.circle(role.name()) {
        return Err(RoleError::Cycle(circle));
    }
    if changed.is_deeper_than(MAX_DEPTH) {
        return Err(RoleError::TooDeep { max: MAX_DEPTH });
    }
    let after = changed.permissions();
    check_reach(role.name(), &catalog.permissions(), &after, held)?;
    let permissions = after.of(role.name().as_str());
    Ok(RoleChange { role, permissions, made_from: catalog.revision })
}

/// Refuses a change of a role that permits, or of heirs that come to permit or cease to permit, what is not held.
fn check_reach(
    name: &RoleName,
    before: &RolePermissions,
    after: &RolePermissions,
    held: PermissionSet,
) -> Result<(), AccessError> {
    let reached = before.names().chain(after.names()).filter_map(|other| {
        let (old, new) = (before.of(other.as_str()), after.of(other.as_str()));
        (other == name || old != new).then_some(old.and(new))
    });
    check_held(reached.collect(), held)
}

#[cfg(test)]
mod tests;
