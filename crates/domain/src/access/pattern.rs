use super::{Permission, PermissionSet};

/// What a role is given: a permission, all of a resource (`task:*`), or all there are (`*`). Kept as it is written, so that it
/// includes permissions that come later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PermissionPattern(&'static str);

impl PermissionPattern {
    pub const ALL: Self = Self("*");

    /// `None` when it stands for no permission that there is.
    pub fn parse(text: &str) -> Option<Self> {
        Self::texts().find(|known| *known == text).map(Self)
    }

    /// Every pattern that there is, `*` first.
    pub fn texts() -> impl Iterator<Item = &'static str> {
        let permissions = Permission::ALL.into_iter().map(Permission::as_str);
        [Self::ALL.0].into_iter().chain(RESOURCES).chain(permissions)
    }

    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// The permissions that it stands for at present.
    pub fn permissions(self) -> PermissionSet {
        let all_of = |resource: &str| Permission::ALL.into_iter().filter(|one| one.resource() == resource).collect();
        match self.0.strip_suffix('*') {
            Some("") => PermissionSet::ALL,
            Some(resource) => all_of(resource.trim_end_matches(':')),
            None => Permission::parse(self.0).into_iter().collect(),
        }
    }
}

impl From<Permission> for PermissionPattern {
    fn from(permission: Permission) -> Self {
        Self(permission.as_str())
    }
}

/// All permissions of each resource.
const RESOURCES: [&str; 6] = ["user:*", "session:*", "task:*", "role:*", "audit:*", "block:*"];

#[cfg(test)]
mod tests {
    use super::*;

    fn permissions(text: &str) -> Option<PermissionSet> {
        PermissionPattern::parse(text).map(PermissionPattern::permissions)
    }

    #[test]
    fn a_pattern_is_one_permission_or_all_of_a_resource_or_all_there_are() {
        assert_eq!(permissions("audit:read"), Some(Permission::AuditRead.into()));
        let of_tasks = [Permission::TaskReadAny, Permission::TaskWriteAny].into_iter().collect();
        assert_eq!(permissions("task:*"), Some(of_tasks));
        assert_eq!(permissions("*"), Some(PermissionSet::ALL));
    }

    #[test]
    fn wildcards_stand_for_whole_actions_of_resources_that_there_are() {
        for text in ["", ":", "**", "*:*", "*:read", "task:", "task*", "task:read*", "tasks:*", "task: *", "TASK:*"] {
            assert_eq!(permissions(text), None, "{text:?}");
        }
    }

    #[test]
    fn every_resource_has_its_wildcard() {
        for permission in Permission::ALL {
            let all = permissions(&format!("{}:*", permission.resource())).unwrap();
            assert!(all.contains(permission));
        }
        let together: PermissionSet = RESOURCES.into_iter().filter_map(permissions).collect();
        assert_eq!(together, PermissionSet::ALL);
        assert!(RESOURCES.into_iter().filter_map(permissions).all(|set| !set.is_empty()));
    }
}
