use std::fmt;

/// Declares the permissions, each with its text and what it lets somebody do.
macro_rules! permissions {
    ($($name:ident = $text:literal, $description:literal;)*) => {
        /// One thing that an actor may do, as `resource:action`.
        ///
        /// Users and sessions have the words of Better Auth's admin plugin, so that its clients can ask for them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Permission {
            $(#[doc = $description] $name,)*
        }

        impl Permission {
            pub const ALL: [Self; [$($text),*].len()] = [$(Self::$name),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What it lets somebody do, in a few words.
            pub fn description(self) -> &'static str {
                match self { $(Self::$name => $description,)* }
            }
        }
    };
}

permissions! {
    UserCreate = "user:create", "Create users";
    UserList = "user:list", "List and search users";
    UserSetRole = "user:set-role", "Give roles to users and take them back";
    UserBan = "user:ban", "Ban users and lift bans";
    UserImpersonate = "user:impersonate", "Act as another user for a while";
    UserImpersonateAdmins = "user:impersonate-admins", "Act as an administrator for a while";
    UserDelete = "user:delete", "Delete users";
    UserSetPassword = "user:set-password", "Set the passwords of users";
    UserSetEmail = "user:set-email", "Set the e-mail addresses of users";
    UserGet = "user:get", "Read any user";
    UserUpdate = "user:update", "Change any user";
    SessionList = "session:list", "List the sessions of any user";
    SessionRevoke = "session:revoke", "End the sessions of any user";
    SessionDelete = "session:delete", "Delete the sessions of any user";
    TaskReadAny = "task:read-any", "Read the tasks of any user";
    TaskWriteAny = "task:write-any", "Change the tasks of any user";
    RoleList = "role:list", "List roles and permissions";
    RoleWrite = "role:write", "Create, change and delete roles";
    AuditRead = "audit:read", "Read and verify the audit log";
    BlockList = "block:list", "List blocked addresses";
    BlockWrite = "block:write", "Block addresses and lift blocks";
}

impl Permission {
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == text)
    }

    /// What stands before the colon.
    pub fn resource(self) -> &'static str {
        self.as_str().split_once(':').map_or(self.as_str(), |(resource, _)| resource)
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

const _: () = assert!(Permission::ALL.len() < 32, "the permissions of a set fit into its bits");

/// A set of permissions: one word, so that a check costs nothing.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct PermissionSet(u32);

impl PermissionSet {
    pub const NONE: Self = Self(0);
    pub const ALL: Self = Self((1 << Permission::ALL.len()) - 1);

    pub fn contains(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }

    /// Whether every permission of this set is in `other`.
    pub fn is_within(self, other: Self) -> bool {
        self.without(other).is_empty()
    }

    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub const fn only(permission: Permission) -> Self {
        Self(permission.bit())
    }

    /// The permissions of the set, always in the same order.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.contains(*permission))
    }
}

impl From<Permission> for PermissionSet {
    fn from(permission: Permission) -> Self {
        Self::only(permission)
    }
}

impl<S: Into<PermissionSet>> FromIterator<S> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = S>>(sets: I) -> Self {
        sets.into_iter().fold(Self::NONE, |all, set| all.and(set.into()))
    }
}

/// The texts, separated by commas.
impl fmt::Display for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, permission) in self.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}`{}`", permission.as_str())?;
        }
        Ok(())
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Permission::as_str)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_contains_what_it_was_made_of_and_nothing_else() {
        let set = PermissionSet::only(Permission::TaskReadAny);
        assert!(set.contains(Permission::TaskReadAny));
        assert!(!set.contains(Permission::TaskWriteAny));
        assert_eq!(Permission::ALL.into_iter().collect::<PermissionSet>(), PermissionSet::ALL);
        assert!(!Permission::ALL.into_iter().any(|permission| PermissionSet::NONE.contains(permission)));
    }

    #[test]
    fn sets_are_joined_subtracted_and_compared() {
        let [read, write] = [Permission::TaskReadAny, Permission::TaskWriteAny].map(PermissionSet::only);
        assert_eq!(read.and(write).without(read), write);
        assert!(read.is_within(read.and(write)) && !read.and(write).is_within(read));
        assert!(PermissionSet::NONE.is_within(PermissionSet::NONE));
        assert_eq!(write.and(read).to_string(), "`task:read-any`, `task:write-any`");
    }

    #[test]
    fn texts_are_resources_and_actions_and_read_back() {
        for permission in Permission::ALL {
            assert_eq!(Permission::parse(permission.as_str()), Some(permission));
            let (resource, action) = permission.as_str().split_once(':').unwrap();
            assert_eq!(resource, permission.resource());
            assert!(action.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{action}");
        }
        for unknown in ["", "task", "task:", "task:*", "*", "Task:read-any", " task:read-any", "task:read_any"] {
            assert_eq!(Permission::parse(unknown), None, "{unknown:?}");
        }
    }
}
