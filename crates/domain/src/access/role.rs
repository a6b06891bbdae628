use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Permission, PermissionPattern, PermissionSet, RoleChange};
use crate::error::FieldFault;
use crate::text::checked_text;
use crate::version::Version;

/// 1 to 64 lower-case letters, digits, `-` and `_`: nothing that would separate names or stand for several.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleName(Arc<str>);

impl RoleName {
    pub const MAX_LENGTH: usize = 64;

    pub fn parse(value: &str) -> Result<Self, FieldFault> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        if (1..=Self::MAX_LENGTH).contains(&value.len()) && value.bytes().all(allowed) {
            return Ok(Self(value.into()));
        }
        Err(FieldFault::NotOneOf { expected: "1 to 64 lower-case letters, digits, - and _" })
    }

    /// A name that a store hands back; it was parsed when it went in.
    pub fn from_stored(value: impl Into<Arc<str>>) -> Self {
        Self(value.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// By its text, so that maps of names are asked without making a name.
impl Borrow<str> for RoleName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RoleName({})", self.0)
    }
}

checked_text! {
    /// What a role is for: 1 to 200 characters on one line, trimmed.
    RoleDescription = single_line of at most 200
}

/// A bundle of permissions, as it is written: its own, and those of the roles that it inherits from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleDefinition {
    pub name: RoleName,
    pub description: Option<RoleDescription>,
    pub permissions: Vec<PermissionPattern>,
    pub inherits: Vec<RoleName>,
}

impl RoleDefinition {
    /// The permissions that it gives by itself.
    pub fn own_permissions(&self) -> PermissionSet {
        self.permissions.iter().map(|pattern| pattern.permissions()).collect()
    }
}

/// A role that somebody made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    pub definition: RoleDefinition,
    pub history: RoleHistory,
}

impl Role {
    pub fn name(&self) -> &RoleName {
        &self.definition.name
    }
}

/// How often and when a role was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleHistory {
    pub version: Version,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A role with everything that it permits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleEntry {
    pub definition: RoleDefinition,
    /// Own permissions and inherited ones.
    pub permissions: PermissionSet,
    /// `None` for a role that is built in.
    pub history: Option<RoleHistory>,
}

impl From<RoleChange> for RoleEntry {
    fn from(RoleChange { role, permissions, .. }: RoleChange) -> Self {
        Self { definition: role.definition, permissions, history: Some(role.history) }
    }
}

/// The roles that are always there. They cannot be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltIn {
    /// May reach what is their own.
    User,
    /// As with Better Auth, all permissions but one.
    Admin,
}

impl BuiltIn {
    pub const ALL: [Self; 2] = [Self::User, Self::Admin];

    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
        }
    }

    pub const fn permissions(self) -> PermissionSet {
        match self {
            Self::User => PermissionSet::NONE,
            Self::Admin => PermissionSet::ALL.without(PermissionSet::only(Permission::UserImpersonateAdmins)),
        }
    }

    pub fn entry(self) -> RoleEntry {
        let description = match self {
            Self::User => "May reach what is their own",
            Self::Admin => "May do everything but act as another administrator",
        };
        let definition = RoleDefinition {
            name: RoleName::from_stored(self.as_str()),
            description: Some(RoleDescription::from_stored(description.to_owned())),
            permissions: self.permissions().iter().map(PermissionPattern::from).collect(),
            inherits: Vec::new(),
        };
        RoleEntry { definition, permissions: self.permissions(), history: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_no_separators_and_no_wildcards() {
        for name in ["a", "editor", "team-lead_2", "0", &"a".repeat(64)] {
            assert_eq!(RoleName::parse(name).unwrap().as_str(), name);
        }
        let refused = ["", "a,b", "a b", " a", "a:b", "*", "a*", "Editor", "a.b", "a/b", "é", "a\0", "%", "a\n"];
        for name in refused.into_iter().map(str::to_owned).chain(["a".repeat(65)]) {
            assert!(RoleName::parse(&name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn an_admin_may_do_all_but_act_as_an_admin_and_a_user_nothing_special() {
        let missing = PermissionSet::ALL.without(BuiltIn::Admin.permissions());
        assert_eq!(missing, Permission::UserImpersonateAdmins.into());
        assert!(BuiltIn::User.permissions().is_empty());
        for role in BuiltIn::ALL {
            assert_eq!(BuiltIn::find(role.as_str()), Some(role));
            assert_eq!(role.entry().definition.own_permissions(), role.permissions());
            assert!(RoleName::parse(role.as_str()).is_ok());
        }
        assert_eq!(BuiltIn::find("Admin"), None);
    }
}
