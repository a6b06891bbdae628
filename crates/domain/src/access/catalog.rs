use std::collections::{HashMap, HashSet};

use super::{BuiltIn, PermissionSet, Role, RoleEntry, RoleName};

/// All roles that somebody made, as they were at one moment. Those that are built in belong to every catalog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleCatalog {
    /// Grows with every change of any role.
    pub revision: i64,
    /// By name.
    pub roles: Vec<Role>,
}

impl RoleCatalog {
    pub fn find(&self, name: &RoleName) -> Option<&Role> {
        self.roles.iter().find(|role| role.name() == name)
    }

    /// Whether there is such a role, built in or made.
    pub fn knows(&self, name: &RoleName) -> bool {
        BuiltIn::find(name.as_str()).is_some() || self.find(name).is_some()
    }

    /// Every role, those that are built in first.
    pub fn entries(&self) -> Vec<RoleEntry> {
        let permissions = self.permissions();
        let made = self.roles.iter().map(|role| RoleEntry {
            definition: role.definition.clone(),
            permissions: permissions.of(role.name().as_str()),
            history: Some(role.history),
        });
        BuiltIn::ALL.into_iter().map(BuiltIn::entry).chain(made).collect()
    }

    /// What each role permits. Inheritance in a circle, which the rules refuse, would only make its roles equal.
    pub fn permissions(&self) -> RolePermissions {
        let built_in = BuiltIn::ALL.map(|role| (RoleName::from_stored(role.as_str()), role.permissions()));
        let mut known: HashMap<_, _> = built_in.into();
        loop {
            let mut changed = false;
            for role in self.roles.iter().map(|role| &role.definition) {
                let inherited = role.inherits.iter().filter_map(|name| known.get(name)).copied();
                let permissions = inherited.collect::<PermissionSet>().and(role.own_permissions());
                changed |= known.insert(role.name.clone(), permissions) != Some(permissions);
            }
            if !changed {
                return RolePermissions(known);
            }
        }
    }

    /// The roles that inherit from this one directly.
    pub fn heirs(&self, name: &RoleName) -> Vec<RoleName> {
        let heirs = self.roles.iter().filter(|role| role.definition.inherits.contains(name));
        heirs.map(|role| role.name().clone()).collect()
    }

    /// A way by inheritance from a role back to itself, if there is one.
    pub(super) fn circle(&self, name: &RoleName) -> Option<Vec<RoleName>> {
        let (mut ways, mut seen) = (vec![vec![name.clone()]], HashSet::new());
        while let Some(way) = ways.pop() {
            let parents = way.last().and_then(|last| self.find(last)).map(|role| &role.definition.inherits);
            for parent in parents.into_iter().flatten() {
                let longer = || way.iter().chain([parent]).cloned().collect();
                if parent == name {
                    return Some(longer());
                }
                if seen.insert(parent) {
                    ways.push(longer());
                }
            }
        }
        None
    }

    /// Whether somewhere more than `most` roles in a row inherit from each other.
    pub(super) fn is_deeper_than(&self, most: usize) -> bool {
        let mut names: HashSet<&RoleName> = self.roles.iter().map(Role::name).collect();
        for _ in 0..most {
            let heirs =
                self.roles.iter().filter(|role| role.definition.inherits.iter().any(|name| names.contains(name)));
            names = heirs.map(Role::name).collect();
        }
        !names.is_empty()
    }

    /// With this role, new or in the place of the one that has its name.
    #[must_use]
    pub(super) fn with(&self, role: Role) -> Self {
        let mut catalog = self.without(role.name());
        let place = catalog.roles.partition_point(|other| other.name() < role.name());
        catalog.roles.insert(place, role);
        catalog
    }

    #[must_use]
    pub(super) fn without(&self, name: &RoleName) -> Self {
        let roles = self.roles.iter().filter(|role| role.name() != name).cloned().collect();
        Self { revision: self.revision, roles }
    }
}

/// What each role permits, inheritance included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolePermissions(HashMap<RoleName, PermissionSet>);

impl RolePermissions {
    /// None for a role that there is not.
    pub fn of(&self, name: &str) -> PermissionSet {
        self.0.get(name).copied().unwrap_or_default()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &RoleName> {
        self.0.keys()
    }
}

/// The names of a user's roles, which Better Auth stores with commas between them.
pub fn role_names(roles: &str) -> impl Iterator<Item = &str> {
    roles.split(',').map(str::trim).filter(|name| !name.is_empty())
}
