//! Users, and what administrators do with them.

mod lists;
mod sessions;

use actix_web::test::TestRequest;
use chrono::TimeDelta;
use hexado_domain::access::{MockRoleStore, RoleCatalog};
use hexado_domain::audit::Action;
use hexado_domain::error::StoreError;
use hexado_domain::identity::User;
use hexado_domain::identity::users::{Deleted, UserEdit};
use hexado_domain::testing::MockIdentity;
use hexado_domain::testing::fixtures::{noon, role, user};
use hexado_domain::version::Version;
use serde_json::{Value, json as value};

use crate::support::{Answer, Api, everybody, json, request};

/// A role `support` beside those that are built in.
fn roles() -> MockRoleStore {
    let mut store = MockRoleStore::new();
    store.expect_all().returning(|| Ok(RoleCatalog { revision: 3, roles: vec![role("support", &["session:*"], &[])] }));
    store
}

fn api(identity: MockIdentity) -> Api {
    Api::administered(identity, roles())
}

/// An application whose user store accepts this edit, once.
fn storing(expected: fn(&UserEdit) -> bool) -> Api {
    let mut identity = everybody();
    identity.users.expect_edit().withf(expected).once().returning(|_| Ok(true));
    api(identity)
}

fn by_root(request: TestRequest) -> TestRequest {
    request.insert_header(("authorization", "Bearer root"))
}

/// A request of root's, who is an admin.
async fn send(api: Api, method: &str, path: &str, body: &str) -> Answer {
    let request = if body.is_empty() { request(method, path) } else { json(method, path, body) };
    api.send(by_root(request)).await
}

const BOB: &str = "/api/v1/users/bob";

#[actix_web::test]
async fn a_missing_permission_is_named_and_nothing_is_looked_up() {
    for (method, path, body, code, permission) in [
        ("GET", "/users", "", "permission_missing", "user:list"),
        ("GET", "/users/bob", "", "user_mismatch", "user:get"),
        ("PATCH", "/users/bob", r#"{"name": "B"}"#, "user_mismatch", "user:update"),
        ("PATCH", "/users/me", r#"{"email": "new@example.com"}"#, "permission_missing", "user:set-email"),
        ("PATCH", "/users/ann", r#"{"email_verified": true}"#, "permission_missing", "user:set-email"),
        ("PUT", "/users/bob/role", r#"{"role": "admin"}"#, "permission_missing", "user:set-role"),
        ("PUT", "/users/me/role", r#"{"role": "admin"}"#, "permission_missing", "user:set-role"),
        ("POST", "/users/bob/ban", "{}", "permission_missing", "user:ban"),
        ("DELETE", "/users/bob/ban", "", "permission_missing", "user:ban"),
        ("DELETE", "/users/bob", "", "permission_missing", "user:delete"),
        ("GET", "/users/bob/sessions", "", "user_mismatch", "session:list"),
        ("DELETE", "/users/bob/sessions", "", "user_mismatch", "session:revoke"),
        ("DELETE", "/users/bob/sessions/s", "", "user_mismatch", "session:revoke"),
    ] {
        let mut identity = everybody();
        identity.users = hexado_domain::identity::MockUserStore::new();
        let path = format!("/api/v1{path}");
        let request = if body.is_empty() { request(method, &path) } else { json(method, &path, body) };
        let answer = Api::of(identity).send(request).await;
        assert_eq!(answer.refusal(), (403, code.into()), "{method} {path}");
        assert!(answer.text.contains(permission), "{method} {path}: {}", answer.text);
    }
}

#[actix_web::test]
async fn who_may_learns_that_there_is_no_such_user() {
    for (method, path, body) in [
        ("GET", "", ""),
        ("PATCH", "", r#"{"name": "B"}"#),
        ("PUT", "/role", r#"{"role": "user"}"#),
        ("POST", "/ban", "{}"),
        ("DELETE", "/ban", ""),
        ("DELETE", "", ""),
        ("GET", "/sessions", ""),
        ("DELETE", "/sessions", ""),
        ("DELETE", "/sessions/s", ""),
    ] {
        let answer = send(api(everybody()), method, &format!("/api/v1/users/nobody{path}"), body).await;
        assert_eq!(answer.refusal(), (404, "user_not_found".into()), "{method} {path}");
    }
}

#[actix_web::test]
async fn a_user_is_shown_with_their_version_as_etag() {
    for (path, as_root) in [(BOB, true), ("/api/users/me", false), ("/api/users/ann", false)] {
        let request = request("GET", path);
        let request = if as_root { by_root(request) } else { request };
        let answer = api(everybody()).send(request).await;
        let id = if as_root { "bob" } else { "ann" };
        let expected = value!({
            "id": id, "name": id, "email": format!("{id}@example.com"), "email_verified": false, "image": null, "role": null,
            "two_factor_enabled": false, "created_at": "2026-11-21T12:00:00Z", "updated_at": "2026-11-21T12:00:00Z",
            "roles": [], "banned": false, "ban_reason": null, "ban_expires": null, "version": 1,
        });
        assert_eq!((answer.status.as_u16(), answer.json()), (200, expected), "{path}");
        assert_eq!(answer.header("etag"), Some("\"1\""));
    }
    let known = by_root(request("GET", BOB)).insert_header(("if-none-match", "\"1\""));
    assert_eq!(api(everybody()).send(known).await.status.as_u16(), 304);
}

#[actix_web::test]
async fn a_ban_that_has_expired_is_not_shown() {
    for (seconds, expected) in [(0, value!([false, null, null])), (1, value!([true, "spam", "2026-11-21T12:00:01Z"]))] {
        let mut identity = everybody();
        identity.users = hexado_domain::identity::MockUserStore::new();
        let ban_expires = Some(noon() + TimeDelta::seconds(seconds));
        let bob = User { banned: true, ban_reason: Some("spam".into()), ban_expires, ..user("bob") };
        identity.users.expect_find().returning(move |_| Ok(Some(bob.clone())));
        let shown = send(api(identity), "GET", BOB, "").await.json();
        assert_eq!(value!([shown["banned"], shown["ban_reason"], shown["ban_expires"]]), expected);
    }
}

#[actix_web::test]
async fn everybody_changes_their_own_name_and_picture() {
    let api = storing(|edit| {
        let User { id, name, image, .. } = &edit.user;
        (id.as_str(), &**name, image.as_deref()) == ("ann", "Ann B", Some("https://example.com/a.png"))
    });
    let body = r#"{"name": " Ann B ", "image": "https://example.com/a.png"}"#;
    let answer = api.send(json("PATCH", "/api/users/me", body)).await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, Some("\"2\"")));
    assert_eq!((&answer.json()["name"], &answer.json()["version"]), (&value!("Ann B"), &value!(2)));
}

#[actix_web::test]
async fn an_address_changes_with_its_verification() {
    let moved = storing(|edit| (&*edit.user.email, edit.user.email_verified) == ("new@example.com", false));
    let body = r#"{"email": "New@Example.com"}"#;
    assert_eq!(send(moved, "PATCH", BOB, body).await.status.as_u16(), 200);
    let vouched = storing(|edit| (&*edit.user.email, edit.user.email_verified) == ("bob@example.com", true));
    assert_eq!(send(vouched, "PATCH", BOB, r#"{"email_verified": true}"#).await.status.as_u16(), 200);
    let mut identity = everybody();
    identity.users.expect_edit().returning(|_| Err(StoreError::Conflict { constraint: "users_email_key".into() }));
    assert_eq!(send(api(identity), "PATCH", BOB, body).await.refusal(), (409, "email_taken".into()));
}

#[actix_web::test]
async fn wrong_values_are_all_named_and_nothing_is_stored() {
    let body = r#"{"name": " ", "image": "a\u0000b", "email": "nobody"}"#;
    let answer = send(api(everybody()), "PATCH", BOB, body).await;
    let faults = [("/name", "blank"), ("/image", "control_character"), ("/email", "not_one_of")];
    assert_eq!(answer.faults(), faults.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
    for (body, pointer, code) in [
        (r#"{"name": null}"#, "/name", "required"),
        (r#"{"email": null}"#, "/email", "required"),
        (r#"{"email_verified": "true"}"#, "/email_verified", "wrong_type"),
    ] {
        let answer = send(api(everybody()), "PATCH", BOB, body).await;
        assert_eq!((answer.status.as_u16(), answer.faults()), (422, vec![(pointer.into(), code.into())]), "{body}");
    }
}

#[actix_web::test]
async fn what_is_not_named_by_a_route_is_set_by_none() {
    let members = [
        r#""id": "root""#,
        r#""role": "admin""#,
        r#""roles": ["admin"]"#,
        r#""permissions": ["*"]"#,
        r#""banned": false"#,
        r#""ban_expires": null"#,
        r#""two_factor_enabled": false"#,
        r#""created_at": "2026-11-21T12:00:00Z""#,
        r#""version": 7"#,
        r#""password": "correct horse""#,
        r#""__proto__": {"role": "admin"}"#,
    ];
    for member in members {
        for (method, path, rest) in
            [("PATCH", "/users/me", r#""name": "A""#), ("PUT", "/users/bob/role", ""), ("POST", "/users/bob/ban", "")]
        {
            if path.ends_with("role") && member.starts_with(r#""role""#) {
                continue;
            }
            let comma = if rest.is_empty() { "" } else { ", " };
            let body = format!("{{{rest}{comma}{member}}}");
            let answer = send(api(everybody()), method, &format!("/api{path}"), &body).await;
            assert_eq!(answer.faults()[0].1, "unknown_field", "{method} {path} {body}: {}", answer.text);
        }
    }
}

#[actix_web::test]
async fn roles_are_a_list_or_a_text_and_stand_once() {
    for (body, expected) in [
        (r#"{"role": "support"}"#, "support"),
        (r#"{"role": "user, support"}"#, "user,support"),
        (r#"{"role": ["user", "support"]}"#, "user,support"),
        (r#"{"role": "support,support"}"#, "support"),
    ] {
        let mut identity = everybody();
        let stored = move |edit: &UserEdit| {
            let event = &edit.event;
            (edit.user.role.as_deref(), edit.roles_made_from, event.action)
                == (Some(expected), Some(3), Action::RoleSet)
        };
        identity.users.expect_edit().withf(stored).once().returning(|_| Ok(true));
        let answer = send(api(identity), "PUT", "/api/users/bob/role", body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["role"]), (200, &value!(expected)), "{body}");
    }
}

#[actix_web::test]
async fn what_is_no_name_of_a_role_is_given_to_nobody() {
    for (body, pointer, code) in [
        (r#"{"role": ""}"#, "/role", "blank"),
        (r#"{"role": " , "}"#, "/role", "blank"),
        (r#"{"role": []}"#, "/role", "blank"),
        ("{}", "/role", "required"),
        (r#"{"role": null}"#, "/role", "wrong_type"),
        (r#"{"role": 7}"#, "/role", "wrong_type"),
        (r#"{"role": [7]}"#, "/role", "wrong_type"),
        (r#"{"role": "*"}"#, "/role", "not_one_of"),
        (r#"{"role": "adm%"}"#, "/role", "not_one_of"),
        (r#"{"role": "user;admin"}"#, "/role", "not_one_of"),
        (r#"{"role": ["user,admin"]}"#, "/role/0", "not_one_of"),
        (r#"{"role": ["user", "admin*"]}"#, "/role/1", "not_one_of"),
        (r#"{"role": ["user", "user"]}"#, "/role/1", "duplicate_entry"),
        (r#"{"role": ["Admin"]}"#, "/role/0", "not_one_of"),
        (r#"{"role": "suport"}"#, "/role", "unknown_role"),
    ] {
        let answer = send(api(everybody()), "PUT", "/api/users/bob/role", body).await;
        assert_eq!((answer.status.as_u16(), answer.faults()), (422, vec![(pointer.into(), code.into())]), "{body}");
    }
    let misspelled = send(api(everybody()), "PUT", "/api/users/bob/role", r#"{"role": "suport"}"#).await;
    assert!(misspelled.text.contains("did you mean `support`?"), "{}", misspelled.text);
}

#[actix_web::test]
async fn nobody_changes_their_own_roles_bans_or_deletes_themselves_by_any_name() {
    for (method, path, body, code) in [
        ("PUT", "/role", r#"{"role": "user"}"#, "own_role"),
        ("POST", "/ban", "{}", "own_ban"),
        ("DELETE", "", "", "own_deletion"),
    ] {
        for name in ["me", "root"] {
            let answer = send(api(everybody()), method, &format!("/api/users/{name}{path}"), body).await;
            assert_eq!(answer.refusal(), (403, code.into()), "{method} {name}{path}");
        }
    }
}

#[actix_web::test]
async fn the_last_admin_is_a_conflict_that_does_not_go_away_by_itself() {
    for (method, path, body) in [("PUT", "/role", r#"{"role": "user"}"#), ("POST", "/ban", "{}"), ("DELETE", "", "")] {
        let mut identity = everybody();
        identity.users = hexado_domain::identity::MockUserStore::new();
        let admin = |id: &str| User { role: Some("admin".into()), ..user(id) };
        identity.users.expect_find().returning(move |id| Ok(Some(admin(id.as_str()))));
        identity.users.expect_edit().withf(|edit| edit.loses_admin).returning(|_| Ok(false));
        identity.users.expect_delete().withf(|deletion| deletion.loses_admin).returning(|_| Ok(Deleted::LastAdmin));
        let answer = send(api(identity), method, &format!("{BOB}{path}"), body).await;
        assert_eq!(answer.refusal(), (409, "last_admin".into()), "{method} {path}");
        assert_eq!(answer.header("retry-after"), None);
    }
}

#[actix_web::test]
async fn a_ban_has_a_reason_and_an_end_and_may_have_neither() {
    let whole = storing(|edit| {
        let User { banned, ban_reason, ban_expires, .. } = &edit.user;
        let end = Some(noon() + TimeDelta::days(1));
        (*banned, ban_reason.as_deref(), *ban_expires, edit.ends_sessions) == (true, Some("spam"), end, true)
    });
    let body = r#"{"reason": " spam ", "expires_at": "2026-11-22T12:00:00Z"}"#;
    assert_eq!(send(whole, "POST", "/api/users/bob/ban", body).await.json()["banned"], value!(true));
    for body in ["", "{}", r#"{"reason": null, "expires_at": null}"#] {
        let plain =
            storing(|edit| edit.user.banned && edit.user.ban_reason.is_none() && edit.user.ban_expires.is_none());
        assert_eq!(send(plain, "POST", "/api/users/bob/ban", body).await.status.as_u16(), 200, "{body}");
    }
    let over = send(api(everybody()), "POST", "/api/users/bob/ban", r#"{"expires_at": "2026-11-21T12:00:00Z"}"#).await;
    assert_eq!(over.refusal(), (422, "expiry_past".into()));
    let long = format!(r#"{{"reason": "{}", "expires_at": "soon"}}"#, "x".repeat(501));
    let faults = [("/reason", "too_long"), ("/expires_at", "not_a_time")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(send(api(everybody()), "POST", "/api/users/bob/ban", &long).await.faults(), faults);
}

#[actix_web::test]
async fn a_ban_is_lifted_and_a_user_deleted() {
    let mut identity = everybody();
    identity.users = hexado_domain::identity::MockUserStore::new();
    identity.users.expect_find().returning(|_| Ok(Some(User { banned: true, ..user("bob") })));
    identity.users.expect_edit().withf(|edit| !edit.user.banned).once().returning(|_| Ok(true));
    identity.users.expect_delete().once().returning(|_| Ok(Deleted::Done));
    let api = api(identity);
    let lifted = api.send(by_root(request("DELETE", "/api/users/bob/ban"))).await;
    assert_eq!((lifted.status.as_u16(), &lifted.json()["banned"]), (200, &value!(false)));
    let deleted = api.send(by_root(request("DELETE", BOB))).await;
    assert_eq!(deleted.json(), value!({"message": "User deleted", "id": "bob"}));
}

/// Bob is found as he was, and another change comes first.
fn overtaken() -> MockIdentity {
    let mut identity = everybody();
    identity.users = hexado_domain::identity::MockUserStore::new();
    identity.users.expect_find().once().returning(|_| Ok(Some(user("bob"))));
    identity.users.expect_find().returning(|_| Ok(Some(User { version: Version::new(2), ..user("bob") })));
    identity.users.expect_edit().once().returning(|_| Err(StoreError::Stale));
    identity
}

#[actix_web::test]
async fn of_two_changes_of_one_version_the_second_is_refused() {
    let stale = |identity, method, path: &str, body: &str| {
        let request = by_root(json(method, &format!("{BOB}{path}"), body)).insert_header(("if-match", "\"1\""));
        async move { api(identity).send(request).await }
    };
    for (method, path, body) in
        [("PATCH", "", r#"{"name": "B"}"#), ("PUT", "/role", r#"{"role": "support"}"#), ("POST", "/ban", "{}")]
    {
        let answer = stale(overtaken(), method, path, body).await;
        assert_eq!(answer.refusal(), (412, "version_mismatch".into()), "{method} {path}");
        assert_eq!(answer.json()["current_version"], value!(2));
    }
    let unconditional = send(api(overtaken()), "PUT", "/api/users/bob/role", r#"{"role": "support"}"#).await;
    assert_eq!(unconditional.refusal(), (409, "contended".into()));
    assert_eq!(unconditional.header("retry-after"), Some("1"));
}

#[actix_web::test]
async fn no_answer_tells_a_secret() {
    let answer = send(api(everybody()), "GET", BOB, "").await.json();
    let members: Vec<&String> = answer.as_object().map(|members| members.keys().collect()).unwrap_or_default();
    assert!(!members.is_empty());
    for secret in ["password", "hash", "token", "secret"] {
        assert!(!members.iter().any(|name| name.contains(secret)), "{secret} in {answer}");
    }
    assert_eq!(answer["id"], Value::from("bob"));
}

#[actix_web::test]
async fn what_is_sensitive_needs_a_recent_authentication() {
    let later = || {
        let identity = everybody();
        identity.clock.advance(TimeDelta::hours(1));
        identity
    };
    for (method, path, body) in [
        ("PUT", "/role", r#"{"role": "support"}"#),
        ("POST", "/ban", "{}"),
        ("DELETE", "", ""),
        ("PATCH", "", r#"{"email": "new@example.com"}"#),
        ("DELETE", "/sessions", ""),
        ("DELETE", "/sessions/s", ""),
    ] {
        let answer = send(api(later()), method, &format!("{BOB}{path}"), body).await;
        assert_eq!(answer.refusal(), (401, "step_up_required".into()), "{method} {path}");
    }
    let mut identity = later();
    identity.users.expect_edit().times(2).returning(|_| Ok(true));
    identity.sessions.expect_end().once().returning(|_| Ok(2));
    let api = api(identity);
    for (method, path, body) in [
        ("PATCH", BOB, r#"{"name": "B"}"#),
        ("PATCH", "/api/users/me", r#"{"name": "R"}"#),
        ("DELETE", "/api/users/me/sessions", "{}"),
    ] {
        let answer = api.send(by_root(json(method, path, body))).await;
        assert_eq!(answer.status.as_u16(), 200, "{method} {path}: {}", answer.text);
    }
}
