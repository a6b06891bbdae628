//! The administration of users.

use chrono::TimeDelta;
use hexado_domain::access::{MockRoleStore, RoleCatalog};
use hexado_domain::audit::Action;
use hexado_domain::identity::users::{Comparison, Deleted, Operator, Start, UserCondition, UserEdit, UserField};
use hexado_domain::identity::{MockUserStore, PasswordHash, User, Verdict, Which};
use hexado_domain::page::Page;
use hexado_domain::testing::MockIdentity;
use hexado_domain::testing::fixtures::{noon, role, session, signed_in, user};
use serde_json::{Value, json};

use crate::support::{Answer, Api, ORIGIN, anonymous, cookie, everybody};

/// A role `support` beside those that are built in.
fn api(identity: MockIdentity) -> Api {
    let mut store = MockRoleStore::new();
    store.expect_all().returning(|| Ok(RoleCatalog { revision: 3, roles: vec![role("support", &["session:*"], &[])] }));
    Api::administered(identity, store)
}

async fn get(identity: MockIdentity, who: &str, route: &str) -> Answer {
    let request = anonymous("GET", &format!("/api/auth/admin/{route}"), "").insert_header(("cookie", cookie(who)));
    api(identity).send(request).await
}

async fn post(identity: MockIdentity, who: &str, route: &str, body: &Value) -> Answer {
    let request = anonymous("POST", &format!("/api/auth/admin/{route}"), &body.to_string());
    api(identity).send(request.insert_header(("cookie", cookie(who))).insert_header(("origin", ORIGIN))).await
}

/// Everybody, and a user store that accepts this edit, once.
fn storing(expected: fn(&UserEdit) -> bool) -> MockIdentity {
    let mut identity = everybody();
    identity.users.expect_edit().withf(expected).once().returning(|_| Ok(true));
    identity
}

/// Nobody may be looked up.
fn unasked() -> MockIdentity {
    let mut identity = everybody();
    identity.users = MockUserStore::new();
    identity
}

fn routes() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("create-user", json!({"email": "new@example.com", "name": "New"}), "YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS"),
        ("update-user", json!({"userId": "bob", "data": {"name": "B"}}), "YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS"),
        ("set-role", json!({"userId": "bob", "role": "admin"}), "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE"),
        ("set-role", json!({"userId": "ann", "role": "admin"}), "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE"),
        ("ban-user", json!({"userId": "bob"}), "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS"),
        ("unban-user", json!({"userId": "bob"}), "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS"),
        ("list-user-sessions", json!({"userId": "bob"}), "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS"),
        ("revoke-user-session", json!({"sessionToken": "bob"}), "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS"),
        ("revoke-user-sessions", json!({"userId": "bob"}), "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS"),
        ("impersonate-user", json!({"userId": "bob"}), "YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS"),
        ("remove-user", json!({"userId": "bob"}), "YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS"),
        (
            "set-user-password",
            json!({"userId": "bob", "newPassword": "password-1"}),
            "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD",
        ),
    ]
}

#[actix_web::test]
async fn nobody_gets_an_empty_401_and_a_plain_user_the_code_of_the_route_before_anything_is_looked_up() {
    for (route, body, code) in routes() {
        let nobody = post(unasked(), "nobody", route, &body).await;
        assert_eq!((nobody.status.as_u16(), &*nobody.text), (401, ""), "{route}");
        assert_eq!(post(unasked(), "ann", route, &body).await.refusal(), (403, code.into()), "{route}");
    }
    for (route, code) in [
        ("list-users", "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS"),
        ("list-users?sortBy=password", "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS"),
        ("get-user?id=bob", "YOU_ARE_NOT_ALLOWED_TO_GET_USER"),
    ] {
        let nobody = get(unasked(), "nobody", route).await;
        assert_eq!((nobody.status.as_u16(), &*nobody.text), (401, ""), "{route}");
        assert_eq!(get(unasked(), "ann", route).await.refusal(), (403, code.into()), "{route}");
    }
}

#[actix_web::test]
async fn nobody_raises_themselves_by_whatever_member() {
    for data in [json!({"role": "admin"}), json!({"name": "Ann", "role": "admin"}), json!({"role": ["user", "admin"]})]
    {
        let raised = post(unasked(), "ann", "update-user", &json!({"userId": "ann", "data": data})).await;
        assert_eq!(raised.refusal(), (403, "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE".into()), "{data}");
    }
    let unbanned = json!({"userId": "ann", "data": {"name": "Ann", "banned": false}});
    let refused = post(unasked(), "ann", "update-user", &unbanned).await;
    assert_eq!(refused.refusal(), (403, "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS".into()));
    let verified = json!({"userId": "ann", "data": {"emailVerified": true}});
    let refused = post(unasked(), "ann", "update-user", &verified).await;
    assert_eq!(refused.refusal(), (403, "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_EMAIL".into()));
    // What nobody sets is not stored.
    let unknown = json!({"userId": "ann", "data": {"createdAt": 0, "twoFactorEnabled": true, "permissions": ["*"]}});
    assert_eq!(post(everybody(), "ann", "update-user", &unknown).await.json()["id"], "ann");
}

#[actix_web::test]
async fn nobody_bans_removes_or_demotes_themselves() {
    for (route, body, status, code) in [
        ("ban-user", json!({"userId": "root"}), 400, "YOU_CANNOT_BAN_YOURSELF"),
        ("update-user", json!({"userId": "root", "data": {"banned": true}}), 400, "YOU_CANNOT_BAN_YOURSELF"),
        ("remove-user", json!({"userId": "root"}), 400, "YOU_CANNOT_REMOVE_YOURSELF"),
        ("set-role", json!({"userId": "root", "role": "user"}), 400, "YOU_CANNOT_CHANGE_YOUR_OWN_ROLE"),
        ("update-user", json!({"userId": "root", "data": {"role": "user"}}), 400, "YOU_CANNOT_CHANGE_YOUR_OWN_ROLE"),
        ("impersonate-user", json!({"userId": "root"}), 403, "YOU_CANNOT_IMPERSONATE_ADMINS"),
    ] {
        assert_eq!(post(everybody(), "root", route, &body).await.refusal(), (status, code.into()), "{route} {body}");
    }
}

#[actix_web::test]
async fn the_last_admin_stays() {
    let other = || {
        let mut identity = everybody();
        identity.users = MockUserStore::new();
        let admin = User { role: Some("admin".into()), ..user("bob") };
        identity.users.expect_find().returning(move |_| Ok(Some(admin.clone())));
        identity.users.expect_edit().withf(|edit| edit.loses_admin).returning(|_| Ok(false));
        identity.users.expect_delete().withf(|deletion| deletion.loses_admin).returning(|_| Ok(Deleted::LastAdmin));
        identity
    };
    for (route, body) in [
        ("ban-user", json!({"userId": "bob"})),
        ("set-role", json!({"userId": "bob", "role": "user"})),
        ("remove-user", json!({"userId": "bob"})),
        ("update-user", json!({"userId": "bob", "data": {"banned": true}})),
    ] {
        assert_eq!(post(other(), "root", route, &body).await.refusal(), (400, "LAST_ADMIN".into()), "{route}");
    }
}

#[actix_web::test]
async fn roles_are_those_that_there_are() {
    const UNKNOWN: &str = "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE";
    for given in [json!("emperor"), json!("*"), json!("user,*"), json!(["user", "Admin"]), json!(""), json!([])] {
        let set = post(everybody(), "root", "set-role", &json!({"userId": "bob", "role": given})).await;
        assert_eq!(set.refusal(), (400, UNKNOWN.into()), "{given}");
        let changed = json!({"userId": "bob", "data": {"role": given}});
        assert_eq!(
            post(everybody(), "root", "update-user", &changed).await.refusal(),
            (400, UNKNOWN.into()),
            "{given}"
        );
        let new = json!({"email": "new@example.com", "name": "New", "role": given});
        assert_eq!(post(everybody(), "root", "create-user", &new).await.refusal(), (400, UNKNOWN.into()), "{given}");
    }
    for (given, stored) in [
        (json!("support"), "support"),
        (json!(["user", "support"]), "user,support"),
        (json!(" user , support"), "user,support"),
    ] {
        let identity = storing(|edit| edit.event.action == Action::RoleSet && edit.roles_made_from == Some(3));
        let set = post(identity, "root", "set-role", &json!({"userId": "bob", "role": given})).await;
        assert_eq!(set.json()["user"]["role"], stored, "{given}");
    }
}

#[actix_web::test]
async fn what_is_of_the_wrong_kind_is_named_and_nothing_is_stored() {
    let wrong = |member: &str, what: &str| format!("[body.{member}] Invalid input: {what}");
    for (route, body, message) in [
        ("set-role", json!({"userId": "bob", "role": 7}), "[body.role] Invalid input".to_owned()),
        ("set-role", json!({"userId": "bob", "role": [7]}), "[body.role] Invalid input".to_owned()),
        ("set-role", json!({"role": "user"}), wrong("userId", "expected nonoptional, received undefined")),
        ("ban-user", json!({"userId": "bob", "banReason": 7}), wrong("banReason", "expected string, received number")),
        (
            "ban-user",
            json!({"userId": "bob", "banExpiresIn": "1"}),
            wrong("banExpiresIn", "expected number, received string"),
        ),
        ("update-user", json!({"userId": "bob", "data": []}), wrong("data", "expected record, received array")),
        (
            "update-user",
            json!({"userId": "bob", "data": {"name": 7}}),
            wrong("data.name", "expected string, received number"),
        ),
        (
            "create-user",
            json!({"email": "a@b.io", "name": "A", "data": 7}),
            wrong("data", "expected record, received number"),
        ),
        ("revoke-user-session", json!({}), wrong("sessionToken", "expected string, received undefined")),
        (
            "set-user-password",
            json!({"userId": "", "newPassword": "password-1"}),
            "[body.userId] userId cannot be empty".to_owned(),
        ),
    ] {
        let answer = post(everybody(), "root", route, &body).await;
        assert_eq!(answer.refusal(), (400, "VALIDATION_ERROR".into()), "{route} {body}");
        assert_eq!(answer.json()["message"], message, "{route} {body}");
    }
    for (user_id, status) in [(json!("a\0"), 400), (json!("x".repeat(256)), 400), (json!("nobody"), 404)] {
        let answer = post(everybody(), "root", "ban-user", &json!({"userId": user_id})).await;
        assert_eq!(answer.status.as_u16(), status, "{user_id}");
    }
}

#[actix_web::test]
async fn a_ban_is_for_a_reason_and_for_so_many_seconds() {
    for (more, reason, seconds) in [
        (json!({}), "No reason", None),
        (json!({"banReason": "", "banExpiresIn": 0}), "No reason", None),
        (json!({"banReason": "spam", "banExpiresIn": 60}), "spam", Some(60)),
    ] {
        let mut body = json!({"userId": "bob"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = post(storing(|edit| edit.ends_sessions && edit.user.banned), "root", "ban-user", &body).await;
        let user = &answer.json()["user"];
        assert_eq!((&user["banned"], &user["banReason"]), (&json!(true), &json!(reason)));
        let end = seconds.map(|seconds| (noon() + TimeDelta::seconds(seconds)).format("%FT%T.000Z").to_string());
        assert_eq!(user["banExpires"], json!(end));
    }
    let past = json!({"userId": "bob", "banExpiresIn": -1});
    assert_eq!(post(everybody(), "root", "ban-user", &past).await.status.as_u16(), 422);
}

#[actix_web::test]
async fn users_are_searched_for_literally() {
    let mut identity = everybody();
    identity
        .users
        .expect_page()
        .withf(|query, _| {
            let expected = Comparison::new(UserField::Email, Operator::Contains, ["50%_"]).map(UserCondition::Compares);
            query.conditions == Vec::from_iter(expected) && (query.start == Start::Skip(20)) && query.limit == 10
        })
        .once()
        .returning(|_, _| Ok(Page { items: vec![user("bob")], more: false, total: Some(21) }));
    let answer = get(identity, "root", "list-users?searchValue=50%25_&limit=10&offset=20").await.json();
    assert_eq!((&answer["users"][0]["id"], &answer["total"]), (&json!("bob"), &json!(21)));
    assert_eq!((&answer["limit"], &answer["offset"]), (&json!(10), &json!(20)));
    let nobody = get(everybody(), "root", "list-users?filterField=password&filterValue=x").await;
    assert_eq!(nobody.text, r#"{"users":[],"total":0}"#);
}

#[actix_web::test]
async fn sessions_of_others_are_listed_and_ended_without_their_tokens() {
    let mut identity = everybody();
    identity.sessions.expect_list().returning(|_, _| Ok(vec![session("bob")]));
    let listed = post(identity, "root", "list-user-sessions", &json!({"userId": "bob"})).await.json();
    assert_eq!(listed["sessions"][0]["token"], "session-of-bob");
    for name in ["session-of-bob", "bob"] {
        let mut identity = everybody();
        let named = |id: &str| (id == "session-of-bob").then(|| signed_in("bob"));
        identity.sessions.expect_find_by_id().returning(move |id| Ok(named(id.as_str())));
        let of_bob = Which::One(session("bob").id);
        identity.sessions.expect_end().withf(move |ending| ending.which == of_bob).once().returning(|_| Ok(1));
        let answer = post(identity, "root", "revoke-user-session", &json!({"sessionToken": name})).await;
        assert_eq!(answer.text, r#"{"success":true}"#, "{name}");
    }
    let mut identity = everybody();
    identity.sessions.expect_find_by_id().returning(|_| Ok(None));
    let unknown = post(identity, "root", "revoke-user-session", &json!({"sessionToken": "unknown"})).await;
    assert_eq!(unknown.text, r#"{"success":true}"#);
}

#[actix_web::test]
async fn what_is_sensitive_needs_a_recent_authentication_or_the_password() {
    let later = || {
        let mut identity = everybody();
        identity.clock.advance(TimeDelta::hours(1));
        let hash = || PasswordHash::from_stored("hash".into());
        identity.accounts.expect_password_of().returning(move |_| Ok(Some(hash())));
        identity
            .passwords
            .expect_verify()
            .returning(|given, _| Ok(if given.expose() == "right-password" { Verdict::Right } else { Verdict::Wrong }));
        identity
    };
    for (route, mut body, _) in routes() {
        if ["create-user", "update-user", "list-user-sessions"].contains(&route) {
            continue;
        }
        assert_eq!(post(later(), "root", route, &body).await.refusal(), (403, "SESSION_NOT_FRESH".into()), "{route}");
        body["password"] = "wrong-password".into();
        assert_eq!(post(later(), "root", route, &body).await.refusal(), (400, "INVALID_PASSWORD".into()), "{route}");
    }
    for body in [
        json!({"userId": "bob", "data": {"role": "user"}}),
        json!({"userId": "bob", "data": {"name": "Bob", "banned": true}}),
    ] {
        let answer = post(later(), "root", "update-user", &body).await;
        assert_eq!(answer.refusal(), (403, "SESSION_NOT_FRESH".into()), "{body}");
    }
    let new = json!({"email": "new@example.com", "name": "New", "role": "admin"});
    assert_eq!(post(later(), "root", "create-user", &new).await.refusal(), (403, "SESSION_NOT_FRESH".into()));

    let mut identity = later();
    identity.users.expect_edit().once().returning(|_| Ok(true));
    let body = json!({"userId": "bob", "role": "support", "password": "right-password"});
    assert_eq!(post(identity, "root", "set-role", &body).await.json()["user"]["role"], "support");
}

#[actix_web::test]
async fn whether_somebody_may_is_told_by_the_rules_of_our_own_routes() {
    for (permissions, expected) in [
        (json!({"user": ["list", "ban"], "session": ["revoke"]}), true),
        (json!({"task": ["read-any"], "role": ["write"]}), true),
        (json!({"user": ["list", "impersonate-admins"]}), false),
        (json!({"user": ["*"]}), false),
        (json!({"user": []}), false),
        (json!({"plane": ["fly"]}), false),
        (json!({}), false),
    ] {
        let answer = post(unasked(), "root", "has-permission", &json!({"permissions": permissions})).await;
        assert_eq!(answer.json(), json!({"error": null, "success": expected}), "{permissions}");
        let plain = post(unasked(), "ann", "has-permission", &json!({"permissions": permissions})).await;
        assert_eq!(plain.json()["success"], false, "{permissions}");
    }
    for body in [json!({}), json!({"permissions": "user:list"}), json!({"permissions": {"user": "list"}})] {
        let answer = post(unasked(), "root", "has-permission", &body).await;
        assert_eq!(answer.refusal(), (400, "VALIDATION_ERROR".into()), "{body}");
    }
}
