use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;
use crate::access::{Permission, PermissionPattern, RoleDescription, role_names};
use crate::error::Fault;
use crate::patch::Patch;
use crate::testing::fixtures::{noon, role};

const ALL: PermissionSet = PermissionSet::ALL;

fn catalog(roles: &[Role]) -> RoleCatalog {
    roles.iter().fold(RoleCatalog { revision: 7, roles: vec![] }, |catalog, role| catalog.with(role.clone()))
}

fn name(text: &str) -> RoleName {
    RoleName::from_stored(text)
}

fn set(text: &str) -> PermissionSet {
    text.split(' ').filter_map(PermissionPattern::parse).map(PermissionPattern::permissions).collect()
}

fn made(catalog: &RoleCatalog, role: Role, held: PermissionSet) -> Result<RoleChange, &'static str> {
    create(catalog, role.definition, held, noon()).map_err(|error| error.code())
}

/// A role's own part in `role`, as a patch.
fn patch(role: Role) -> RolePatch {
    let RoleDefinition { permissions, inherits, .. } = role.definition;
    RolePatch { description: Patch::Keep, permissions, inherits: Some(inherits) }
}

fn replaced(catalog: &RoleCatalog, role: Role, held: PermissionSet) -> Result<Option<RoleChange>, &'static str> {
    let name = role.name().clone();
    replace(catalog, &name, patch(role), &Expected::Any, held, noon()).map_err(|error| error.code())
}

fn removed(catalog: &RoleCatalog, role: &str, held: PermissionSet) -> Result<RoleRemoval, &'static str> {
    remove(catalog, &name(role), &Expected::Any, held).map_err(|error| error.code())
}

#[test]
fn a_role_permits_what_it_is_given_and_what_the_roles_that_it_inherits_from_permit() {
    let catalog = catalog(&[
        role("viewer", &["task:read-any"], &[]),
        role("editor", &["task:write-any"], &["viewer"]),
        role("lead", &["session:*"], &["editor", "user"]),
        role("deputy", &[], &["admin"]),
        role("orphan", &["audit:read"], &["nobody"]),
        role("everything", &["*"], &[]),
    ]);
    let permissions = catalog.permissions();
    for (role, expected) in [
        ("viewer", set("task:read-any")),
        ("editor", set("task:*")),
        ("lead", set("task:* session:list session:revoke session:delete")),
        ("deputy", BuiltIn::Admin.permissions()),
        ("orphan", set("audit:read")),
        ("everything", ALL),
        ("nobody", PermissionSet::NONE),
        ("user", PermissionSet::NONE),
    ] {
        assert_eq!(permissions.of(role), expected, "{role}");
    }
}

#[test]
fn a_new_role_is_refused_by_the_first_rule_that_it_breaks() {
    let present = catalog(&[role("viewer", &["task:read-any"], &[])]);
    for (new, held, expected) in [
        (role("editor", &["task:write-any"], &["viewer"]), ALL, Ok(())),
        (role("editor", &["*"], &["admin"]), ALL, Ok(())),
        (role("admin", &[], &[]), ALL, Err("role_built_in")),
        (role("user", &[], &[]), ALL, Err("role_built_in")),
        (role("viewer", &[], &[]), ALL, Err("role_exists")),
        (role("editor", &[], &["viewer", "nobody"]), ALL, Err("validation_failed")),
        (role("editor", &[], &["editor"]), ALL, Err("role_cycle")),
        (role("editor", &["task:write-any"], &[]), set("task:read-any"), Err("permission_missing")),
        (role("editor", &["task:*"], &[]), set("task:read-any"), Err("permission_missing")),
        (role("editor", &["*"], &[]), BuiltIn::Admin.permissions(), Err("permission_missing")),
        (role("editor", &[], &["viewer"]), set("task:write-any"), Err("permission_missing")),
        (role("editor", &[], &["admin"]), set("task:*"), Err("permission_missing")),
    ] {
        assert_eq!(made(&present, new.clone(), held).map(drop), expected, "{new:?}");
    }
    let change = made(&present, role("editor", &["task:write-any"], &["viewer"]), ALL).unwrap();
    assert_eq!((change.made_from, change.permissions), (7, set("task:*")));
    assert_eq!(change.role, role("editor", &["task:write-any"], &["viewer"]));
}

#[test]
fn no_more_than_a_hundred_roles_are_kept() {
    let roles: Vec<_> = (0..MAX_ROLES).map(|number| role(&format!("r{number}"), &[], &[])).collect();
    assert_eq!(made(&catalog(&roles), role("one-more", &[], &[]), ALL).map(drop), Err("too_many_roles"));
    assert!(made(&catalog(&roles[1..]), role("one-more", &[], &[]), ALL).is_ok());
    assert!(replaced(&catalog(&roles), role("r5", &["task:*"], &[]), ALL).is_ok());
}

#[test]
fn no_more_than_eight_roles_in_a_row_inherit_from_each_other() {
    let chain = |length: usize| -> Vec<Role> {
        let link = |number: usize| role(&format!("r{number}"), &[], &[&*format!("r{}", number.wrapping_sub(1))]);
        [role("r0", &[], &["admin"])].into_iter().chain((1..length).map(link)).collect()
    };
    assert!(made(&catalog(&chain(7)), role("last", &[], &["r6"]), ALL).is_ok());
    assert_eq!(made(&catalog(&chain(8)), role("last", &[], &["r7"]), ALL).map(drop), Err("role_too_deep"));
    let below = catalog(&[chain(8), vec![role("first", &[], &[])]].concat());
    assert_eq!(replaced(&below, role("r0", &[], &["first"]), ALL).map(drop), Err("role_too_deep"));
}

#[test]
fn a_change_that_closes_a_circle_is_refused_and_the_circle_is_named() {
    let catalog = catalog(&[role("a", &[], &["b"]), role("b", &[], &["c", "user"]), role("c", &[], &[])]);
    let closing = replace(&catalog, &name("c"), patch(role("c", &[], &["a"])), &Expected::Any, ALL, noon());
    assert_eq!(closing.unwrap_err().to_string(), "a role would inherit from itself: `c` → `a` → `b` → `c`");
    assert_eq!(replaced(&catalog, role("c", &[], &["c"]), ALL).map(drop), Err("role_cycle"));
    let twice = role("a", &[], &["b", "c"]);
    assert!(replaced(&catalog, twice, ALL).is_ok(), "two ways to one role are no circle");
}

#[test]
fn a_change_counts_versions_and_keeps_what_is_not_given() {
    let description = RoleDescription::parse("Reads").ok();
    let mut old = role("viewer", &["task:read-any"], &["user"]);
    old.definition.description.clone_from(&description);
    let later = noon() + chrono::TimeDelta::hours(1);
    let patch = RolePatch { description: Patch::Keep, permissions: vec![], inherits: None };
    let change = replace(&catalog(&[old.clone()]), &name("viewer"), patch, &Expected::Any, ALL, later);
    let Role { definition, history } = change.unwrap().unwrap().role;
    assert_eq!(
        (definition.description, definition.permissions, definition.inherits),
        (description, vec![], vec![name("user")])
    );
    assert_eq!((history.version.get(), history.created_at, history.updated_at), (2, noon(), later));

    let same = RolePatch { description: Patch::Keep, permissions: old.definition.permissions.clone(), inherits: None };
    let unchanged = replace(&catalog(&[old]), &name("viewer"), same, &Expected::Any, PermissionSet::NONE, later);
    assert_eq!(unchanged.unwrap(), None);
}

#[test]
fn an_expected_version_must_be_the_present_one() {
    let catalog = catalog(&[role("viewer", &[], &[])]);
    let other = Expected::OneOf(vec![Version::new(2)]);
    let patch = patch(role("viewer", &["task:*"], &[]));
    let stale = replace(&catalog, &name("viewer"), patch, &other, ALL, noon()).unwrap_err();
    assert!(matches!(stale, RoleError::Stale { current: Version::FIRST }), "{stale:?}");
    let stale = remove(&catalog, &name("viewer"), &other, ALL).unwrap_err();
    assert!(matches!(stale, RoleError::Stale { current: Version::FIRST }), "{stale:?}");
}

#[test]
fn what_is_not_held_is_neither_given_nor_taken_not_even_by_inheritance() {
    let catalog = catalog(&[
        role("viewer", &["task:read-any"], &[]),
        role("auditor", &["audit:read"], &["viewer"]),
        role("writer", &["task:write-any"], &[]),
    ]);
    let held = set("task:*");
    for (change, expected) in [
        (role("writer", &["task:*"], &[]), Ok(())),
        (role("writer", &[], &["viewer"]), Ok(())),
        (role("writer", &["audit:read"], &[]), Err("permission_missing")),
        (role("auditor", &[], &["viewer"]), Err("permission_missing")),
        // These would change what auditors may do, and that is more than the caller may.
        (role("viewer", &[], &[]), Err("permission_missing")),
        (role("viewer", &["task:*"], &[]), Err("permission_missing")),
    ] {
        assert_eq!(replaced(&catalog, change.clone(), held).map(drop), expected, "{change:?}");
    }
    assert_eq!(removed(&catalog, "auditor", held).map(drop), Err("permission_missing"));
    assert!(removed(&catalog, "writer", held).is_ok());
}

#[test]
fn a_role_that_another_inherits_from_cannot_be_removed_nor_can_one_that_is_built_in() {
    let catalog = catalog(&[role("viewer", &[], &[]), role("a", &[], &["viewer"]), role("b", &[], &["viewer"])]);
    let refusal = remove(&catalog, &name("viewer"), &Expected::Any, ALL).unwrap_err();
    assert_eq!((refusal.code(), &*refusal.to_string()), ("role_in_use", "other roles inherit from it: `a`, `b`"));
    assert_eq!(removed(&catalog, "nobody", ALL).map(drop), Err("role_not_found"));
    for built_in in BuiltIn::ALL {
        assert_eq!(removed(&catalog, built_in.as_str(), ALL).map(drop), Err("role_built_in"));
        assert_eq!(replaced(&catalog, role(built_in.as_str(), &["*"], &[]), ALL).map(drop), Err("role_built_in"));
    }
    let removal = removed(&catalog, "a", ALL).unwrap();
    assert_eq!(removal, RoleRemoval { name: name("a"), made_from: 7 });
}

const NAMES: [&str; 8] = ["r0", "r1", "r2", "r3", "r4", "r5", "user", "admin"];

fn permissions() -> impl Strategy<Value = Vec<&'static str>> {
    let few = ["task:read-any", "task:write-any", "task:*", "audit:read", "role:write", "role:*", "user:ban"];
    let any: Vec<_> = few.into_iter().chain(PermissionPattern::texts()).collect();
    prop::collection::vec(select(any), 0..4)
}

fn some_role() -> impl Strategy<Value = Role> {
    (select(&NAMES[..6]), permissions(), subsequence(&NAMES[..], 0..3))
        .prop_map(|(name, permissions, inherits)| role(name, &permissions, &inherits))
}

/// Roles that inherit from earlier ones only.
fn some_catalog() -> impl Strategy<Value = RoleCatalog> {
    let one = (permissions(), subsequence(&NAMES[..], 0..3));
    prop::collection::vec(one, 0..6).prop_map(|roles| {
        let made = roles.iter().enumerate().map(|(place, (permissions, inherits))| {
            let earlier = |name: &&&str| !NAMES[place..6].contains(name);
            role(NAMES[place], permissions, &inherits.iter().filter(earlier).copied().collect::<Vec<_>>())
        });
        catalog(&made.collect::<Vec<_>>())
    })
}

#[derive(Clone, Debug)]
enum Operation {
    Create(Role),
    Replace(Role),
    Remove(&'static str),
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        some_role().prop_map(Operation::Create),
        some_role().prop_map(Operation::Replace),
        select(&NAMES[..]).prop_map(Operation::Remove),
    ]
}

impl Operation {
    /// The catalog after it, if somebody with these permissions may do it and no role that is removed is held.
    fn applied(self, catalog: &RoleCatalog, by: PermissionSet, holders: &[String]) -> Option<RoleCatalog> {
        match self {
            _ if !by.contains(Permission::RoleWrite) => None,
            Self::Create(role) => Some(catalog.with(made(catalog, role, by).ok()?.role)),
            Self::Replace(role) => Some(catalog.with(replaced(catalog, role, by).ok()??.role)),
            Self::Remove(role) if holders.iter().any(|roles| role_names(roles).any(|held| held == role)) => None,
            Self::Remove(role) => Some(catalog.without(&removed(catalog, role, by).ok()?.name)),
        }
    }
}

fn held(catalog: &RoleCatalog, roles: &str) -> PermissionSet {
    let permissions = catalog.permissions();
    role_names(roles).map(|name| permissions.of(name)).collect()
}

proptest! {
    #[test]
    fn a_role_permits_exactly_what_can_be_reached_by_inheritance(catalog in some_catalog()) {
        fn reached(catalog: &RoleCatalog, name: &RoleName) -> PermissionSet {
            let Some(role) = catalog.find(name) else {
                return BuiltIn::find(name.as_str()).map(BuiltIn::permissions).unwrap_or_default();
            };
            let inherited = role.definition.inherits.iter().map(|parent| reached(catalog, parent));
            inherited.collect::<PermissionSet>().and(role.definition.own_permissions())
        }
        for entry in catalog.entries() {
            prop_assert_eq!(entry.permissions, reached(&catalog, &entry.definition.name));
        }
    }

    #[test]
    fn no_sequence_of_allowed_operations_raises_the_permissions_of_those_who_do_them(
        start in some_catalog(),
        // Names of roles that do not exist yet among them: nobody gains by making a role that they are said to hold.
        conspirators in prop::collection::vec(subsequence(&NAMES[..7], 0..4).prop_map(|names| names.join(",")), 1..4),
        operations in prop::collection::vec((0usize..3, operation()), 0..20),
    ) {
        let together = |catalog: &RoleCatalog| -> PermissionSet {
            conspirators.iter().map(|roles| held(catalog, roles)).collect()
        };
        let mut catalog = start;
        for (by, operation) in operations {
            let by = &conspirators[by % conspirators.len()];
            let Some(after) = operation.clone().applied(&catalog, held(&catalog, by), &conspirators) else { continue };
            prop_assert!(held(&after, by).is_within(held(&catalog, by)), "{operation:?} by {by}");
            prop_assert!(together(&after).is_within(together(&catalog)), "{operation:?} by {by}");
            catalog = after;
        }
    }

    #[test]
    fn what_is_allowed_leaves_neither_circles_nor_dangling_names(
        start in some_catalog(),
        operations in prop::collection::vec(operation(), 0..30),
    ) {
        let mut catalog = start;
        for operation in operations {
            catalog = operation.applied(&catalog, ALL, &[]).unwrap_or(catalog);
            for role in &catalog.roles {
                prop_assert!(catalog.circle(role.name()).is_none());
                prop_assert!(role.definition.inherits.iter().all(|parent| catalog.knows(parent)));
            }
        }
    }

    #[test]
    fn even_roles_in_a_circle_have_an_end(roles in prop::collection::vec(some_role(), 0..8)) {
        let catalog = catalog(&roles);
        for entry in catalog.entries() {
            prop_assert!(entry.definition.own_permissions().is_within(entry.permissions));
        }
    }
}
