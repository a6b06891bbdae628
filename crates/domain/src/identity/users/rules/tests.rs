mod model;

use chrono::TimeDelta;

use super::*;
use crate::access::Permission;
use crate::audit::FieldChange;
use crate::error::Fault;
use crate::identity::{Email, Visitor};
use crate::patch::Patch;
use crate::testing::fixtures::{actor_with, noon, role, user};
use crate::version::Version;

fn catalog() -> RoleCatalog {
    RoleCatalog { revision: 7, roles: vec![role("auditor", &["audit:read"], &[]), role("owner", &["*"], &[])] }
}

fn names(text: &str) -> Vec<RoleName> {
    text.split(',').map(RoleName::from_stored).collect()
}

fn with_roles(id: &str, roles: &str) -> User {
    User { role: Some(roles.to_owned()), ..user(id) }
}

/// What somebody called `by` with these permissions comes to, at noon.
fn acting<T>(by: &str, permissions: PermissionSet, work: impl FnOnce(&Act<'_>) -> T) -> T {
    let actor = actor_with(by, permissions);
    work(&Act { actor: &actor, visitor: &Visitor::default(), at: noon() })
}

/// What an admin comes to.
fn administering<T>(work: impl FnOnce(&Act<'_>) -> T) -> T {
    acting("root", BuiltIn::Admin.permissions(), work)
}

fn code<T>(result: Result<T, UserError>) -> Result<T, &'static str> {
    result.map_err(|error| error.code())
}

fn set(text: &str) -> PermissionSet {
    text.split(' ').filter_map(Permission::parse).collect()
}

#[test]
fn an_admin_has_the_role_among_others_and_is_not_kept_out() {
    for (roles, expected) in
        [("admin", true), ("user, admin ,editor", true), ("administrator", false), ("admin:x", false), ("", false)]
    {
        assert_eq!(is_admin(&with_roles("ann", roles), noon()), expected, "{roles:?}");
    }
    let banned = |until| User { banned: true, ban_expires: until, ..with_roles("ann", "admin") };
    assert!(!is_admin(&banned(None), noon()));
    assert!(!is_admin(&banned(Some(noon() + TimeDelta::seconds(1))), noon()));
    assert!(is_admin(&banned(Some(noon())), noon()), "a ban that has expired is none");
    assert!(!is_admin(&user("ann"), noon()));
}

#[test]
fn roles_are_set_by_the_first_rule_that_does_not_refuse() {
    for (target, before, after, held, expected) in [
        ("ann", "user", "auditor", "user:set-role audit:read", Ok(true)),
        ("ann", "auditor", "user", "user:set-role audit:read", Ok(true)),
        ("ann", "user", "user,auditor", "user:set-role audit:read", Ok(true)),
        ("ann", "auditor", "auditor", "user:set-role audit:read", Ok(false)),
        ("ann", "auditor", "auditor,auditor", "user:set-role audit:read", Ok(false)),
        ("root", "user", "auditor", "user:set-role audit:read", Err("own_role")),
        ("ann", "user", "auditer", "user:set-role audit:read", Err("validation_failed")),
        ("ann", "user", "Admin", "user:set-role", Err("validation_failed")),
        ("ann", "user", "auditor", "user:set-role", Err("permission_missing")),
        ("ann", "auditor", "user", "user:set-role", Err("permission_missing")),
        ("ann", "user", "admin", "user:set-role audit:read", Err("permission_missing")),
        ("ann", "admin", "user", "user:set-role audit:read", Err("permission_missing")),
    ] {
        let user = with_roles(target, before);
        let result = acting("root", set(held), |act| set_role(act, &user, &names(after), &catalog()));
        assert_eq!(code(result).map(|edit| edit.is_some()), expected, "{target}: {before} to {after} by {held}");
    }
    let owner = administering(|act| set_role(act, &with_roles("ann", "owner"), &names("user"), &catalog()));
    assert_eq!(code(owner), Err("permission_missing"), "an owner may do more than an admin");
}

#[test]
fn an_edit_is_of_the_next_version_and_tells_what_differs() {
    let ann = User { version: Version::new(4), updated_at: noon() + TimeDelta::hours(1), ..with_roles("ann", "admin") };
    let edit = administering(|act| set_role(act, &ann, &names("user,auditor"), &catalog())).unwrap().unwrap();
    assert_eq!((edit.made_from, edit.user.version), (Version::new(4), Version::new(5)));
    assert_eq!((edit.roles_made_from, edit.loses_admin, edit.ends_sessions), (Some(7), true, false));
    assert_eq!(edit.user.updated_at, ann.updated_at, "a clock that stepped back makes nobody older");
    let role = FieldChange { field: "role", before: Some("admin".into()), after: Some("user,auditor".into()) };
    assert_eq!((edit.event.action, edit.event.changes), (Action::RoleSet, vec![role]));
    assert_eq!(edit.user, User { role: Some("user,auditor".into()), version: Version::new(5), ..ann });
}

#[test]
fn a_ban_keeps_out_and_ends_sessions_and_its_end_lets_in() {
    let ban = |by: &str, held: &str, expires_at| {
        let (permissions, reason) = (set("audit:read"), Some("spam".to_owned()));
        let ban = Ban { reason, expires_at };
        code(acting(by, set(held), |act| super::ban(act, &with_roles("ann", "auditor"), permissions, ban)))
    };
    let end = noon() + TimeDelta::days(1);
    let edit = ban("root", "audit:read", Some(end)).unwrap();
    assert!(edit.ends_sessions && !edit.loses_admin && edit.user.is_banned(noon()));
    assert_eq!((edit.user.ban_reason.as_deref(), edit.user.ban_expires), (Some("spam"), Some(end)));
    assert_eq!(ban("ann", "audit:read", Some(end)), Err("own_ban"));
    assert_eq!(ban("root", "", Some(end)), Err("permission_missing"));
    assert_eq!(ban("root", "audit:read", Some(noon())), Err("expiry_past"));

    let banned = edit.user;
    let lifted = |held: &str| code(acting("root", set(held), |act| unban(act, &banned, set("audit:read"))));
    let edit = lifted("audit:read").unwrap().unwrap();
    assert_eq!((edit.user.banned, edit.user.ban_reason, edit.user.ban_expires), (false, None, None));
    assert_eq!(lifted(""), Err("permission_missing"));
    let free = administering(|act| unban(act, &user("ann"), PermissionSet::NONE));
    assert_eq!(code(free), Ok(None));
}

#[test]
fn who_bans_or_removes_an_admin_or_takes_the_role_from_one_takes_an_admin() {
    let (admin, permissions) = (with_roles("ann", "user,admin"), BuiltIn::Admin.permissions());
    let banned = administering(|act| ban(act, &admin, permissions, Ban::default())).unwrap();
    let demoted = administering(|act| set_role(act, &admin, &names("user"), &catalog())).unwrap().unwrap();
    let removed = administering(|act| remove(act, &admin, permissions)).unwrap();
    assert!(banned.loses_admin && demoted.loses_admin && removed.loses_admin);
    let again = administering(|act| ban(act, &banned.user, permissions, Ban::default())).unwrap();
    let gone = administering(|act| remove(act, &banned.user, permissions)).unwrap();
    assert!(!again.loses_admin && !gone.loses_admin, "who is banned is none already");
    let renamed = UserPatch { name: Some("Ann".into()), ..UserPatch::default() };
    let renamed = administering(|act| update(act, &admin, permissions, renamed)).unwrap().unwrap();
    assert!(!renamed.loses_admin);
}

#[test]
fn others_are_removed_by_who_holds_what_they_hold() {
    let removed = |by: &str, held: &str| {
        let ann = with_roles("ann", "auditor");
        code(acting(by, set(held), |act| remove(act, &ann, set("audit:read")))).map(|deletion| deletion.user_id)
    };
    assert_eq!(removed("root", "audit:read"), Ok(user("ann").id));
    assert_eq!(removed("root", "user:delete"), Err("permission_missing"));
    assert_eq!(removed("ann", "audit:read"), Err("own_deletion"));
}

#[test]
fn a_patch_changes_what_it_names_and_a_new_address_is_not_verified() {
    let ann = User { email_verified: true, image: Some("old".into()), ..user("ann") };
    let updated = |patch: UserPatch| code(administering(|act| update(act, &ann, PermissionSet::NONE, patch)));
    let email = |address: &str| Email::parse(address);
    assert_eq!(updated(UserPatch::default()), Ok(None));
    let same = UserPatch { email: email("ANN@example.com"), name: Some("ann".into()), ..UserPatch::default() };
    assert_eq!(updated(same), Ok(None));

    let moved = updated(UserPatch { email: email("new@example.com"), ..UserPatch::default() }).unwrap().unwrap().user;
    assert_eq!((&*moved.email, moved.email_verified), ("new@example.com", false));
    let vouched = UserPatch { email: email("new@example.com"), email_verified: Some(true), ..UserPatch::default() };
    assert!(updated(vouched).unwrap().unwrap().user.email_verified);
    let cleared = UserPatch { image: Patch::Clear, ..UserPatch::default() };
    let cleared = updated(cleared).unwrap().unwrap().user;
    assert_eq!((cleared.image, cleared.email_verified), (None, true));
    let nobody = UserPatch { email: email("x@users.invalid"), ..UserPatch::default() };
    assert_eq!(updated(nobody), Err("email_taken"));
}

#[test]
fn an_address_is_set_by_who_holds_what_the_user_holds_and_a_name_by_anybody_who_may() {
    let (ann, permissions) = (with_roles("ann", "auditor"), set("audit:read"));
    let email = UserPatch { email: Email::parse("mine@example.com"), ..UserPatch::default() };
    let verified = UserPatch { email_verified: Some(true), ..UserPatch::default() };
    let name = UserPatch { name: Some("Ann".into()), ..UserPatch::default() };
    for (patch, held, expected) in [
        (&email, "user:set-email", Err("permission_missing")),
        (&verified, "user:set-email", Err("permission_missing")),
        (&email, "user:set-email audit:read", Ok(true)),
        (&name, "user:update", Ok(true)),
    ] {
        let updated = acting("root", set(held), |act| update(act, &ann, permissions, patch.clone()));
        assert_eq!(code(updated).map(|edit| edit.is_some()), expected, "{patch:?} by {held}");
    }
}
