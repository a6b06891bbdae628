use mockall::Sequence;

use super::*;
use crate::access::{BuiltIn, MockRoleStore, PermissionSet, Role};
use crate::error::{ErrorKind, Fault};
use crate::id::UserId;
use crate::patch::Patch;
use crate::testing::FixedClock;
use crate::testing::fixtures::{actor, actor_with, noon, role, user_id};
use crate::version::Version;

struct Bench {
    service: RoleService,
    book: Arc<RoleBook>,
}

fn bench(store: MockRoleStore) -> Bench {
    let store: Arc<dyn RoleStore> = Arc::new(store);
    let book = Arc::new(RoleBook::new(Arc::clone(&store)));
    let clock = Arc::new(FixedClock::at(noon()));
    Bench { service: RoleService::new(store, Arc::clone(&book), clock), book }
}

fn catalog(revision: i64, roles: &[Role]) -> RoleCatalog {
    RoleCatalog { revision, roles: roles.to_vec() }
}

fn visitor() -> Visitor {
    Visitor::default()
}

fn name(text: &str) -> RoleName {
    RoleName::from_stored(text)
}

fn admin() -> Actor {
    actor_with("root", BuiltIn::Admin.permissions())
}

fn to(permissions: &[&str]) -> RolePatch {
    let permissions = role("any", permissions, &[]).definition.permissions;
    RolePatch { description: Patch::Keep, permissions, inherits: None }
}

#[tokio::test]
async fn a_missing_permission_is_named_before_any_look_up() {
    let Bench { service, .. } = bench(MockRoleStore::new());
    let (nobody, viewer) = (actor("ann"), name("viewer"));
    let reader = actor_with("ann", Permission::RoleList);
    let definition = role("viewer", &[], &[]).definition;
    let refusals = [
        (service.list(&nobody).await.err(), "role:list"),
        (service.find(&nobody, &viewer).await.err(), "role:list"),
        (service.create(&reader, &visitor(), definition).await.err(), "role:write"),
        (service.replace(&reader, &visitor(), &viewer, to(&[]), &Expected::Any).await.err(), "role:write"),
        (service.remove(&reader, &visitor(), &viewer, &Expected::Any).await.err(), "role:write"),
    ];
    for (refusal, permission) in refusals {
        let refusal = refusal.unwrap();
        assert_eq!((refusal.kind(), refusal.code()), (ErrorKind::Forbidden, "permission_missing"));
        assert!(refusal.to_string().contains(permission), "{refusal}");
    }
}

#[tokio::test]
async fn roles_that_are_built_in_come_first() {
    let mut store = MockRoleStore::new();
    store.expect_all().returning(|| Ok(catalog(1, &[role("viewer", &["task:read-any"], &[])])));
    let Bench { service, .. } = bench(store);
    let entries = service.list(&admin()).await.unwrap();
    let names: Vec<_> = entries.iter().map(|entry| (entry.definition.name.as_str(), entry.history.is_some())).collect();
    assert_eq!(names, [("user", false), ("admin", false), ("viewer", true)]);
    assert_eq!(service.find(&admin(), &name("admin")).await.unwrap(), BuiltIn::Admin.entry());
    assert_eq!(service.find(&admin(), &name("nobody")).await.unwrap_err().code(), "role_not_found");
}

#[tokio::test]
async fn a_new_role_counts_at_once() {
    let (mut store, mut order) = (MockRoleStore::new(), Sequence::new());
    store.expect_all().once().in_sequence(&mut order).returning(|| Ok(catalog(4, &[])));
    let expected =
        |change: &RoleChange, _: &AuditEvent| change.made_from == 4 && change.role.name().as_str() == "viewer";
    store.expect_put().withf(expected).once().in_sequence(&mut order).returning(|_, _| Ok(()));
    let after = || Ok(catalog(5, &[role("viewer", &["task:read-any"], &[])]));
    store.expect_all().once().in_sequence(&mut order).returning(after);
    let Bench { service, book } = bench(store);
    let entry = service.create(&admin(), &visitor(), role("viewer", &["task:read-any"], &[]).definition).await.unwrap();
    assert_eq!(entry.permissions, Permission::TaskReadAny.into());
    assert_eq!(book.permissions_of("viewer"), Permission::TaskReadAny.into());
}

#[tokio::test]
async fn a_change_that_is_stored_is_done_even_if_roles_cannot_be_read_after_it() {
    let mut store = MockRoleStore::new();
    store.expect_all().once().returning(|| Ok(catalog(1, &[])));
    store.expect_all().returning(|| Err(StoreError::unavailable("down")));
    store.expect_put().returning(|_, _| Ok(()));
    let Bench { service, .. } = bench(store);
    assert!(service.create(&admin(), &visitor(), role("viewer", &[], &[]).definition).await.is_ok());
}

#[tokio::test]
async fn a_change_that_another_role_overtook_is_judged_anew() {
    let mut store = MockRoleStore::new();
    // Meanwhile somebody made the other role inherit from this one.
    store.expect_all().once().returning(|| Ok(catalog(1, &[role("a", &[], &[]), role("b", &[], &[])])));
    store.expect_all().once().returning(|| Ok(catalog(2, &[role("a", &[], &[]), role("b", &[], &["a"])])));
    store.expect_put().once().returning(|_, _| Err(StoreError::Stale));
    let patch = RolePatch { inherits: Some(vec![name("b")]), ..to(&[]) };
    let Bench { service, .. } = bench(store);
    let refusal = service.replace(&admin(), &visitor(), &name("a"), patch, &Expected::Any).await.unwrap_err();
    assert_eq!(refusal.code(), "role_cycle");
}

#[tokio::test]
async fn of_two_changes_of_one_version_the_second_is_stale() {
    let mut store = MockRoleStore::new();
    store.expect_all().once().returning(|| Ok(catalog(1, &[role("a", &[], &[])])));
    store.expect_all().once().returning(|| {
        let mut changed = role("a", &["task:*"], &[]);
        changed.history.version = Version::new(2);
        Ok(catalog(2, &[changed]))
    });
    store.expect_put().once().returning(|_, _| Err(StoreError::Stale));
    let Bench { service, .. } = bench(store);
    let expected = Expected::OneOf(vec![Version::FIRST]);
    let refusal = service.replace(&admin(), &visitor(), &name("a"), to(&["audit:read"]), &expected).await.unwrap_err();
    assert!(matches!(refusal, RoleError::Stale { current } if current == Version::new(2)), "{refusal:?}");
}

#[tokio::test]
async fn a_change_that_is_overtaken_every_time_is_given_up() {
    let mut store = MockRoleStore::new();
    store.expect_all().times(2 * TRIES).returning(|| Ok(catalog(1, &[role("a", &[], &[])])));
    store.expect_put().times(TRIES).returning(|_, _| Err(StoreError::Stale));
    store.expect_remove().times(TRIES).returning(|_, _| Err(StoreError::Stale));
    let Bench { service, .. } = bench(store);
    let replaced = service.replace(&admin(), &visitor(), &name("a"), to(&["task:*"]), &Expected::Any).await;
    assert_eq!(replaced.unwrap_err().kind(), ErrorKind::Unavailable);
    let removed = service.remove(&admin(), &visitor(), &name("a"), &Expected::Any).await;
    assert_eq!(removed.unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_change_that_changes_nothing_is_not_written() {
    let mut store = MockRoleStore::new();
    store.expect_all().once().returning(|| Ok(catalog(1, &[role("a", &["task:*"], &[])])));
    let Bench { service, .. } = bench(store);
    let entry = service.replace(&admin(), &visitor(), &name("a"), to(&["task:*"]), &Expected::Any).await.unwrap();
    assert_eq!(entry.history.map(|history| history.version), Some(Version::FIRST));
}

#[tokio::test]
async fn a_role_that_users_hold_is_not_removed_and_they_are_named() {
    let holders: Vec<UserId> = vec![user_id("ann"), user_id("bob")];
    let mut store = MockRoleStore::new();
    store.expect_all().returning(|| Ok(catalog(1, &[role("a", &[], &[])])));
    store.expect_remove().once().returning(move |_, _| Ok(Removed::HeldBy(holders.clone())));
    store.expect_remove().once().returning(|_, _| Ok(Removed::Done));
    let Bench { service, book } = bench(store);
    let refusal = service.remove(&admin(), &visitor(), &name("a"), &Expected::Any).await.unwrap_err();
    assert_eq!((refusal.code(), &*refusal.to_string()), ("role_in_use", "users hold it: `ann`, `bob`"));
    assert!(service.remove(&admin(), &visitor(), &name("a"), &Expected::Any).await.is_ok());
    assert_eq!(book.permissions_of("a"), PermissionSet::NONE);
}
