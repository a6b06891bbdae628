use chrono::TimeDelta;

use super::*;
use crate::access::{BuiltIn, MockRoleStore, RoleCatalog};
use crate::error::{ErrorKind, Fault};
use crate::identity::users::{Deleted, Start, UserDeletion, UserSort};
use crate::identity::{EMAIL_CONSTRAINT, Email, Password, PasswordHash, PasswordProof, SessionId, Which};
use crate::testing::MockIdentity;
use crate::testing::fixtures::{actor, actor_with, noon, role, session, signed_in, user, user_id};
use crate::version::Version;

fn service(identity: MockIdentity) -> UserService {
    let mut roles = MockRoleStore::new();
    let auditor = || role("auditor", &["audit:read"], &[]);
    roles.expect_all().returning(move || Ok(RoleCatalog { revision: 7, roles: vec![auditor()] }));
    let roles: Arc<dyn RoleStore> = Arc::new(roles);
    UserService::new(identity.ports(), Arc::clone(&roles), Arc::new(RoleBook::new(roles)))
}

/// Everybody is there, without a role, but for `root`, an admin, and `nobody`.
fn identity() -> MockIdentity {
    let mut identity = MockIdentity::default();
    identity.users.expect_find().returning(|id| Ok((id.as_str() != "nobody").then(|| somebody(id.as_str()))));
    identity.callers.expect_forget().returning(|_| ());
    identity
}

fn somebody(id: &str) -> User {
    User { role: (id == "root").then(|| "admin".to_owned()), ..user(id) }
}

fn admin() -> Actor {
    actor_with("admin", BuiltIn::Admin.permissions())
}

fn visitor() -> Visitor {
    Visitor::default()
}

fn of(id: &str) -> Owner {
    Owner::User(user_id(id))
}

fn names(text: &str) -> Vec<RoleName> {
    text.split(',').map(RoleName::from_stored).collect()
}

fn renamed(name: &str) -> UserPatch {
    UserPatch { name: Some(name.to_owned()), ..UserPatch::default() }
}

fn everything() -> UserQuery {
    UserQuery { conditions: vec![], sort: UserSort::default(), start: Start::First, limit: 20, count: false }
}

fn new_account() -> NewAccount {
    let email = Email::parse("new@example.com").unwrap();
    NewAccount { name: "New".into(), email, email_verified: false, image: None, password: None, roles: None }
}

fn code<T>(result: Result<T, UserError>) -> Result<T, &'static str> {
    result.map_err(|error| error.code())
}

#[tokio::test]
async fn a_missing_permission_is_named_before_any_look_up() {
    let service = service(MockIdentity::default());
    let (nobody, bob, any, visitor) = (&actor("ann"), &user_id("bob"), &Expected::Any, &visitor());
    let creator = &actor_with("ann", Permission::UserCreate);
    let with_roles = NewAccount { roles: Some(names("user")), ..new_account() };
    let email = UserPatch { email_verified: Some(true), ..UserPatch::default() };
    let password = Password::parse("correct horse").unwrap();
    let missing = [
        (service.list(nobody, &everything()).await.err(), "user:list"),
        (service.find(nobody, &of("bob")).await.err(), "user:get"),
        (service.create(nobody, visitor, new_account()).await.err(), "user:create"),
        (service.create(creator, visitor, with_roles).await.err(), "user:set-role"),
        (service.update(nobody, visitor, &of("bob"), renamed("B"), any).await.err(), "user:update"),
        (service.update(nobody, visitor, &Owner::Caller, email, any).await.err(), "user:set-email"),
        (service.set_role(nobody, visitor, bob, &names("admin"), any).await.err(), "user:set-role"),
        (service.ban(nobody, visitor, bob, Ban::default(), any).await.err(), "user:ban"),
        (service.unban(nobody, visitor, bob, any).await.err(), "user:ban"),
        (service.remove(nobody, visitor, bob, any).await.err(), "user:delete"),
        (service.set_password(nobody, visitor, bob, &password).await.err(), "user:set-password"),
        (service.sessions(nobody, &of("bob")).await.err(), "session:list"),
        (service.end_sessions(nobody, visitor, &of("bob"), Which::All).await.err(), "session:revoke"),
        (service.end_session_named(nobody, visitor, "bob").await.err(), "session:revoke"),
    ];
    for (refusal, permission) in missing {
        let refusal = refusal.unwrap();
        assert_eq!(refusal.kind(), ErrorKind::Forbidden, "{refusal}");
        assert!(refusal.to_string().contains(permission), "{refusal}, and not {permission}");
    }
}

#[tokio::test]
async fn who_may_is_told_that_there_is_no_such_user() {
    let (service, admin, nobody, any) = (service(identity()), admin(), user_id("nobody"), &Expected::Any);
    let visitor = &visitor();
    let refusals = [
        service.find(&admin, &of("nobody")).await.err(),
        service.update(&admin, visitor, &of("nobody"), renamed("B"), any).await.err(),
        service.set_role(&admin, visitor, &nobody, &names("user"), any).await.err(),
        service.ban(&admin, visitor, &nobody, Ban::default(), any).await.err(),
        service.unban(&admin, visitor, &nobody, any).await.err(),
        service.remove(&admin, visitor, &nobody, any).await.err(),
        service.sessions(&admin, &of("nobody")).await.err(),
        service.end_sessions(&admin, visitor, &of("nobody"), Which::All).await.err(),
    ];
    for refusal in refusals {
        assert_eq!(refusal.unwrap().code(), "user_not_found");
    }
}

#[tokio::test]
async fn a_change_is_stored_recorded_and_counts_at_once() {
    let mut identity = identity();
    identity.callers = crate::identity::MockCallerCache::new();
    identity.callers.expect_forget().withf(|users| users == [user_id("bob")]).once().returning(|_| ());
    identity
        .users
        .expect_edit()
        .withf(|edit| {
            let event = &edit.event;
            edit.ends_sessions
                && edit.user.banned
                && (event.action, event.actor.as_ref()) == (Action::UserBanned, Some(&user_id("admin")))
        })
        .once()
        .returning(|_| Ok(true));
    let ban = Ban { reason: Some("spam".into()), expires_at: Some(noon() + TimeDelta::days(1)) };
    let banned = service(identity).ban(&admin(), &visitor(), &user_id("bob"), ban, &Expected::Any).await.unwrap();
    assert_eq!((banned.ban_reason.as_deref(), banned.version), (Some("spam"), Version::new(2)));
}

#[tokio::test]
async fn everybody_reads_and_renames_themselves() {
    let mut identity = identity();
    identity.users.expect_edit().withf(|edit| edit.user.name == "Ann").once().returning(|_| Ok(true));
    let service = service(identity);
    assert_eq!(service.find(&actor("ann"), &Owner::Caller).await.unwrap(), user("ann"));
    assert_eq!(service.find(&actor("ann"), &of("ann")).await.unwrap(), user("ann"));
    let renamed = service.update(&actor("ann"), &visitor(), &of("ann"), renamed("Ann"), &Expected::Any).await;
    assert_eq!(renamed.unwrap().name, "Ann");
}

#[tokio::test]
async fn a_change_that_changes_nothing_is_not_written() {
    let service = service(identity());
    let (admin, visitor, any) = (admin(), visitor(), &Expected::Any);
    assert_eq!(service.update(&admin, &visitor, &of("bob"), renamed("bob"), any).await.unwrap(), user("bob"));
    assert_eq!(service.unban(&admin, &visitor, &user_id("bob"), any).await.unwrap(), user("bob"));
    let same = service.set_role(&admin, &visitor, &user_id("root"), &names("admin"), any).await;
    assert_eq!(same.unwrap(), somebody("root"));
}

#[tokio::test]
async fn another_version_than_the_expected_one_is_stale() {
    let (service, admin, visitor, bob) = (service(identity()), admin(), visitor(), user_id("bob"));
    let other = &Expected::OneOf(vec![Version::new(2)]);
    let refusals = [
        service.update(&admin, &visitor, &of("bob"), renamed("B"), other).await.err(),
        service.set_role(&admin, &visitor, &bob, &names("auditor"), other).await.err(),
        service.ban(&admin, &visitor, &bob, Ban::default(), other).await.err(),
        service.remove(&admin, &visitor, &bob, other).await.err(),
    ];
    for refusal in refusals.map(Option::unwrap) {
        assert!(matches!(refusal, UserError::Stale { current: Version::FIRST }), "{refusal:?}");
    }
}

/// Bob, who is of another version when he is looked at again; the first edit is too late.
fn overtaken() -> MockIdentity {
    let mut identity = MockIdentity::default();
    let later = || User { image: Some("new".into()), version: Version::new(2), ..user("bob") };
    identity.users.expect_find().once().returning(|_| Ok(Some(user("bob"))));
    identity.users.expect_find().returning(move |_| Ok(Some(later())));
    identity.users.expect_edit().once().returning(|_| Err(StoreError::Stale));
    identity.callers.expect_forget().returning(|_| ());
    identity
}

#[tokio::test]
async fn a_change_that_another_one_overtook_is_made_anew() {
    let mut identity = overtaken();
    let both = |edit: &UserEdit| edit.user.name == "Bob" && edit.user.image.as_deref() == Some("new");
    identity.users.expect_edit().withf(both).once().returning(|_| Ok(true));
    let renamed = service(identity).update(&admin(), &visitor(), &of("bob"), renamed("Bob"), &Expected::Any).await;
    assert_eq!(renamed.unwrap().version, Version::new(3));
}

#[tokio::test]
async fn of_two_who_set_roles_at_once_one_has_to_look_again() {
    let set = |identity: MockIdentity, expected: Expected| async move {
        let service = service(identity);
        code(service.set_role(&admin(), &visitor(), &user_id("bob"), &names("auditor"), &expected).await)
    };
    assert_eq!(set(overtaken(), Expected::Any).await, Err("contended"));
    let first = Expected::OneOf(vec![Version::FIRST]);
    assert_eq!(set(overtaken(), first).await, Err("version_mismatch"));
}

#[tokio::test]
async fn a_change_that_is_overtaken_every_time_is_given_up() {
    let mut identity = identity();
    identity.users.expect_edit().times(TRIES).returning(|_| Err(StoreError::Stale));
    identity.users.expect_delete().times(TRIES).returning(|_| Err(StoreError::Stale));
    let service = service(identity);
    let banned = service.ban(&admin(), &visitor(), &user_id("bob"), Ban::default(), &Expected::Any).await;
    assert_eq!(banned.unwrap_err().kind(), ErrorKind::Unavailable);
    let removed = service.remove(&admin(), &visitor(), &user_id("bob"), &Expected::Any).await;
    assert_eq!(removed.unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn the_last_admin_stays() {
    let mut identity = identity();
    identity.users.expect_edit().withf(|edit| edit.loses_admin).times(2).returning(|_| Ok(false));
    let of_admin = |deletion: &UserDeletion| deletion.loses_admin;
    identity.users.expect_delete().withf(of_admin).once().returning(|_| Ok(Deleted::LastAdmin));
    let (service, admin, visitor, root) = (service(identity), admin(), visitor(), user_id("root"));
    let any = &Expected::Any;
    let refusals = [
        service.set_role(&admin, &visitor, &root, &names("user"), any).await.err(),
        service.ban(&admin, &visitor, &root, Ban::default(), any).await.err(),
        service.remove(&admin, &visitor, &root, any).await.err(),
    ];
    for refusal in refusals.map(Option::unwrap) {
        assert_eq!((refusal.kind(), refusal.code()), (ErrorKind::Conflict, "last_admin"));
    }
}

#[tokio::test]
async fn an_address_that_somebody_has_is_taken() {
    let taken = || StoreError::Conflict { constraint: EMAIL_CONSTRAINT.to_owned() };
    let mut identity = identity();
    identity.users.expect_edit().returning(move |_| Err(taken()));
    identity.accounts.expect_register().returning(move |_| Err(taken()));
    let service = service(identity);
    let patch = UserPatch { email: Email::parse("ann@example.com"), ..UserPatch::default() };
    let updated = service.update(&admin(), &visitor(), &of("bob"), patch, &Expected::Any).await;
    assert_eq!(code(updated), Err("email_taken"));
    assert_eq!(code(service.create(&admin(), &visitor(), new_account()).await), Err("email_taken"));
}

#[tokio::test]
async fn who_is_made_has_the_roles_and_the_password_that_they_are_given_and_is_not_signed_in() {
    let mut identity = identity();
    identity.passwords.expect_hash().once().returning(|_| Ok(PasswordHash::from_stored("hash".into())));
    identity
        .accounts
        .expect_register()
        .withf(|made| {
            (made.role.as_str(), made.roles_made_from) == ("user,auditor", Some(7))
                && made.hash == Some(PasswordHash::from_stored("hash".into()))
                && (made.session.is_none(), made.mail.is_none()) == (true, true)
                && (made.event.action, made.event.actor.as_ref()) == (Action::UserCreated, Some(&user_id("admin")))
        })
        .once()
        .returning(|_| Ok(()));
    let plain = |made: &Registration| (made.role.as_str(), made.roles_made_from, &made.hash) == ("user", None, &None);
    identity.accounts.expect_register().withf(plain).once().returning(|_| Ok(()));
    let service = service(identity);
    let password = Password::parse("correct horse").ok();
    let whole = NewAccount { password, roles: Some(names("user,auditor")), ..new_account() };
    let made = service.create(&admin(), &visitor(), whole).await.unwrap();
    assert_eq!((&*made.name, &*made.email, made.role.as_deref()), ("New", "new@example.com", Some("user,auditor")));
    service.create(&admin(), &visitor(), new_account()).await.unwrap();
}

#[tokio::test]
async fn nobody_makes_users_who_may_do_what_they_may_not() {
    let service = service(identity());
    let permissions: PermissionSet = [Permission::UserCreate, Permission::UserSetRole].into_iter().collect();
    for (roles, expected) in
        [("admin", "permission_missing"), ("auditor", "permission_missing"), ("boss", "validation_failed")]
    {
        let new = NewAccount { roles: Some(names(roles)), ..new_account() };
        let made = service.create(&actor_with("ann", permissions), &visitor(), new).await;
        assert_eq!(code(made).map(drop), Err(expected), "{roles}");
    }
}

#[tokio::test]
async fn a_password_is_set_by_who_holds_what_the_user_holds() {
    let mut identity = identity();
    identity.passwords.expect_hash().returning(|_| Ok(PasswordHash::from_stored("hash".into())));
    identity
        .accounts
        .expect_set_password()
        .withf(|change| change.by == PasswordProof::Administration && change.event.action == Action::PasswordSet)
        .once()
        .returning(|_| Ok(true));
    let service = service(identity);
    let password = Password::parse("correct horse").unwrap();
    let setter = actor_with("ann", Permission::UserSetPassword);
    assert!(service.set_password(&setter, &visitor(), &user_id("bob"), &password).await.is_ok());
    let refused = service.set_password(&setter, &visitor(), &user_id("root"), &password).await;
    assert_eq!(code(refused), Err("permission_missing"));
}

#[tokio::test]
async fn addresses_are_not_set_by_an_administrator_who_acts_as_an_admin() {
    let by = Actor { impersonated_by: Some(user_id("owner")), ..admin() };
    let email = UserPatch { email_verified: Some(true), ..UserPatch::default() };
    for owner in [Owner::Caller, of("bob")] {
        let refused = service(identity()).update(&by, &visitor(), &owner, email.clone(), &Expected::Any).await;
        assert_eq!(code(refused), Err("impersonated"));
    }
}

#[tokio::test]
async fn sessions_of_anybody_are_listed_by_who_may() {
    let mut identity = identity();
    identity.sessions.expect_list().returning(|id, _| Ok(vec![session(id.as_str())]));
    let lister = actor_with("ann", Permission::SessionList);
    assert_eq!(service(identity).sessions(&lister, &of("root")).await.unwrap(), [session("root")]);
}

#[tokio::test]
async fn sessions_end_and_who_ended_them_is_recorded() {
    let mut identity = identity();
    identity.sessions.expect_find().returning(|token, _| Ok((token.as_str() == "bob").then(|| signed_in("bob"))));
    let named = |id: &SessionId| (*id == signed_in("bob").session.id).then(|| signed_in("bob"));
    identity.sessions.expect_find_by_id().returning(move |id| Ok(named(id)));
    identity
        .sessions
        .expect_end()
        .withf(|ending| ending.user_id == user_id("bob") && ending.event.actor == Some(user_id("admin")))
        .returning(|ending| Ok(if ending.which == Which::One(SessionId::from_stored("gone")) { 0 } else { 2 }));
    let (service, admin, visitor) = (service(identity), admin(), visitor());
    assert_eq!(service.end_sessions(&admin, &visitor, &of("bob"), Which::All).await.unwrap(), 2);
    let gone = Which::One(SessionId::from_stored("gone"));
    assert_eq!(code(service.end_sessions(&admin, &visitor, &of("bob"), gone).await), Err("session_not_found"));
    let named = async |name| service.end_session_named(&admin, &visitor, name).await.unwrap();
    assert_eq!((named("bob").await, named("session-of-bob").await), (true, true));
    for unknown in ["unknown", "", "a\0", "a b"] {
        assert!(!named(unknown).await, "{unknown:?}");
    }
}
