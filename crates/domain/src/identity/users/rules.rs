//! What may be done to users, and by whom.
//!
//! Nobody gains by it: who changes what somebody may do, or comes to act as them, holds every permission of theirs before and
//! after.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::change::{Act, Ban, UserDeletion, UserEdit, UserPatch};
use super::error::UserError;
use crate::access::{BuiltIn, PermissionSet, RoleCatalog, RoleName, role_names};
use crate::audit::Action;
use crate::identity::{IdentityError, User};

/// Whether somebody can act as an admin: they have the role, and nobody keeps them out.
pub fn is_admin(user: &User, now: DateTime<Utc>) -> bool {
    let mut names = role_names(user.role.as_deref().unwrap_or_default());
    names.any(|name| name == BuiltIn::Admin.as_str()) && !user.is_banned(now)
}

/// The user with these roles in place of theirs, or `None` when they have them already.
pub fn set_role(
    act: &Act<'_>,
    user: &User,
    roles: &[RoleName],
    catalog: &RoleCatalog,
) -> Result<Option<UserEdit>, UserError> {
    if act.is_on_oneself(&user.id) {
        return Err(UserError::OwnRole);
    }
    let before = user.role.as_deref().unwrap_or_default();
    let after = given_roles(act, roles, catalog)?;
    act.check_reach(permissions_of(before, catalog))?;
    if before == after {
        return Ok(None);
    }
    let after = User { role: Some(after), ..user.clone() };
    Ok(Some(UserEdit::of(act, Action::RoleSet, user, after).judged_by(catalog.revision)))
}

/// Roles that somebody gives, as they are stored. There must be such roles, and they permit only what the giver holds.
pub fn given_roles(act: &Act<'_>, roles: &[RoleName], catalog: &RoleCatalog) -> Result<String, UserError> {
    if let Some(unknown) = roles.iter().find(|name| !catalog.knows(name)) {
        let known = catalog.entries().into_iter().map(|entry| entry.definition.name).collect();
        return Err(UserError::UnknownRole { name: unknown.clone(), known });
    }
    let mut names: Vec<_> = roles.iter().map(RoleName::as_str).collect();
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(*name));
    let names = names.join(",");
    act.check_reach(permissions_of(&names, catalog))?;
    Ok(names)
}

/// The user kept out, and signed out everywhere.
pub fn ban(act: &Act<'_>, user: &User, permissions: PermissionSet, ban: Ban) -> Result<UserEdit, UserError> {
    if act.is_on_oneself(&user.id) {
        return Err(UserError::OwnBan);
    }
    act.check_reach(permissions)?;
    if ban.expires_at.is_some_and(|end| end <= act.at) {
        return Err(UserError::Over);
    }
    let after = User { banned: true, ban_reason: ban.reason, ban_expires: ban.expires_at, ..user.clone() };
    Ok(UserEdit::of(act, Action::UserBanned, user, after).ending_sessions())
}

/// The user let in again, or `None` when nobody keeps them out.
pub fn unban(act: &Act<'_>, user: &User, permissions: PermissionSet) -> Result<Option<UserEdit>, UserError> {
    act.check_reach(permissions)?;
    if !user.banned {
        return Ok(None);
    }
    let after = User { banned: false, ban_reason: None, ban_expires: None, ..user.clone() };
    Ok(Some(UserEdit::of(act, Action::UserUnbanned, user, after)))
}

/// The user with what `patch` changes, or `None` when they are that way already. Who sets an address can have a password
/// mailed there, so it is set only by who holds what its user holds.
pub fn update(
    act: &Act<'_>,
    user: &User,
    permissions: PermissionSet,
    patch: UserPatch,
) -> Result<Option<UserEdit>, UserError> {
    if patch.sets_email() {
        act.check_reach(permissions)?;
    }
    if patch.email.as_ref().is_some_and(|email| email.is_placeholder() && email.as_str() != user.email) {
        return Err(IdentityError::EmailTaken.into());
    }
    let after = patched(user.clone(), patch);
    Ok((after != *user).then(|| UserEdit::of(act, Action::UserUpdated, user, after)))
}

fn patched(user: User, UserPatch { name, image, email, email_verified }: UserPatch) -> User {
    let moved = email.filter(|email| email.as_str() != user.email);
    let kept = moved.is_none() && user.email_verified;
    User {
        name: name.unwrap_or(user.name),
        image: image.apply(user.image),
        email: moved.map_or(user.email, |email| email.as_str().to_owned()),
        email_verified: email_verified.unwrap_or(kept),
        ..user
    }
}

/// The end of another user.
pub fn remove(act: &Act<'_>, user: &User, permissions: PermissionSet) -> Result<UserDeletion, UserError> {
    if act.is_on_oneself(&user.id) {
        return Err(UserError::OwnDeletion);
    }
    act.check_reach(permissions)?;
    Ok(UserDeletion::of(user, None, act.event(Action::UserDeleted, &user.id)))
}

fn permissions_of(roles: &str, catalog: &RoleCatalog) -> PermissionSet {
    let permissions = catalog.permissions();
    role_names(roles).map(|name| permissions.of(name)).collect()
}

impl UserPatch {
    /// Whether it touches what proves who the user is.
    pub fn sets_email(&self) -> bool {
        self.email.is_some() || self.email_verified.is_some()
    }
}

#[cfg(test)]
mod tests;
