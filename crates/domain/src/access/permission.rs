/// One thing that an actor may do, as `resource:action`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Read the tasks of any user.
    TaskReadAny,
    /// Change the tasks of any user.
    TaskWriteAny,
}

impl Permission {
    pub const ALL: [Self; 2] = [Self::TaskReadAny, Self::TaskWriteAny];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::TaskReadAny => "task:read-any",
            Self::TaskWriteAny => "task:write-any",
        }
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A set of permissions: one word, so that a check costs nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PermissionSet(u32);

impl PermissionSet {
    pub const NONE: Self = Self(0);

    pub fn all() -> Self {
        Permission::ALL.into_iter().collect()
    }

    pub fn contains(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | permission.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_contains_what_it_was_made_of_and_nothing_else() {
        let set: PermissionSet = [Permission::TaskReadAny].into_iter().collect();
        assert!(set.contains(Permission::TaskReadAny));
        assert!(!set.contains(Permission::TaskWriteAny));
        assert!(Permission::ALL.into_iter().all(|permission| PermissionSet::all().contains(permission)));
        assert!(!Permission::ALL.into_iter().any(|permission| PermissionSet::NONE.contains(permission)));
    }
}
