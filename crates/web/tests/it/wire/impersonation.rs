//! Administrators who act as users.

use actix_web::test::TestRequest;
use chrono::TimeDelta;
use hexado_domain::audit::{Action, AuditEvent};
use hexado_domain::identity::{Session, SessionToken, SignedIn, User, Which};
use hexado_domain::testing::MockIdentity;
use hexado_domain::testing::fixtures::{noon, session, signed_in, user, user_id};

use crate::support::{Answer, Api, ORIGIN, anonymous, cookie, everybody, signed};

/// Root is an admin, and acts as Ann in the session of the token `as-ann`.
fn acting() -> MockIdentity {
    let mut identity = everybody();
    identity.sessions.checkpoint();
    identity.sessions.expect_find().returning(|token, _| {
        Ok(match token.as_str() {
            "root" => Some(SignedIn { user: admin(), ..signed_in("root") }),
            "ann" => Some(signed_in("ann")),
            "as-ann" => Some(SignedIn { session: as_ann(), ..signed_in("ann") }),
            _ => None,
        })
    });
    identity
}

fn admin() -> User {
    User { role: Some("admin".into()), ..user("root") }
}

fn as_ann() -> Session {
    let (token, expires_at) = (SessionToken::from_stored("as-ann"), noon() + TimeDelta::hours(1));
    Session { token, expires_at, ..session("ann") }.impersonated_in(&session("root"))
}

fn from_page(method: &str, path: &str, cookies: &str, body: &str) -> TestRequest {
    anonymous(method, path, body).insert_header(("cookie", cookies.to_owned())).insert_header(("origin", ORIGIN))
}

async fn start(identity: MockIdentity, cookies: &str) -> Answer {
    let request = from_page("POST", "/api/auth/admin/impersonate-user", cookies, r#"{"userId":"ann"}"#);
    Api::of(identity).send(request).await
}

async fn stop(identity: MockIdentity, cookies: &str) -> Answer {
    Api::of(identity).send(from_page("POST", "/api/auth/admin/stop-impersonating", cookies, "{}")).await
}

fn pair(name: &str, value: &str) -> String {
    cookie(value).replace("session_token", name)
}

fn by_root(event: &AuditEvent) -> bool {
    event.visitor.impersonator == Some(user_id("root"))
}

#[actix_web::test]
async fn the_browser_keeps_the_administrators_own_session() {
    for (cookies, kept) in
        [(cookie("root"), "root:"), (format!("{}; {}", cookie("root"), pair("dont_remember", "true")), "root:true")]
    {
        let mut identity = acting();
        identity.sessions.expect_impersonate().once().returning(|_| Ok(true));
        let answer = start(identity, &cookies).await;
        let token = answer.json()["session"]["token"].as_str().unwrap().to_owned();
        assert_eq!(answer.json()["session"]["impersonatedBy"], "root");
        assert_eq!(answer.json()["user"]["id"], "ann");
        let attributes = "Path=/; HttpOnly; SameSite=Lax";
        let expected = [
            format!("{}; {attributes}", cookie(&token)),
            format!("better-auth.session_data=; Max-Age=0; {attributes}"),
            format!("{}; {attributes}", pair("dont_remember", "true")),
            format!("{}; Max-Age=604800; {attributes}", pair("admin_session", kept)),
        ];
        assert_eq!(answer.cookies(), expected);
        assert_eq!(answer.header("set-auth-token"), Some(&*signed(&token)));
    }
}

#[actix_web::test]
async fn nobody_and_who_may_not_act_as_nobody_else() {
    let nobody = start(acting(), "theme=dark").await;
    assert_eq!((nobody.status.as_u16(), nobody.text.as_str()), (401, ""));
    let plain = start(acting(), &cookie("ann")).await;
    assert_eq!(plain.refusal(), (403, "YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS".into()));

    let mut identity = acting();
    identity.users.checkpoint();
    identity.users.expect_find().returning(|_| Ok(Some(User { id: user_id("ann"), ..admin() })));
    assert_eq!(start(identity, &cookie("root")).await.refusal(), (403, "YOU_CANNOT_IMPERSONATE_ADMINS".into()));
    let mut identity = acting();
    identity.users.checkpoint();
    identity.users.expect_find().returning(|_| Ok(None));
    assert_eq!(start(identity, &cookie("root")).await.refusal(), (404, "USER_NOT_FOUND".into()));
}

#[actix_web::test]
async fn who_stops_gets_their_own_session_back() {
    for (kept, remembered) in [("root:", true), ("root:true", false)] {
        let mut identity = acting();
        identity
            .sessions
            .expect_end()
            .withf(|ending| {
                ending.which == Which::One(as_ann().id) && ending.event.action == Action::ImpersonationStopped
            })
            .once()
            .returning(|_| Ok(1));
        let own = pair("admin_session", kept);
        let answer = stop(identity, &format!("{}; {}; {own}", cookie("as-ann"), pair("dont_remember", "true"))).await;
        assert_eq!(
            (&answer.json()["session"]["token"], &answer.json()["user"]["id"]),
            (&"root".into(), &"root".into())
        );
        let attributes = "Path=/; HttpOnly; SameSite=Lax";
        let (age, do_not_remember) = if remembered {
            ("Max-Age=604800; ", format!("better-auth.dont_remember=; Max-Age=0; {attributes}"))
        } else {
            ("", format!("{}; {attributes}", pair("dont_remember", "true")))
        };
        let expected = [
            format!("{}; {age}{attributes}", cookie("root")),
            do_not_remember,
            format!("better-auth.admin_session=; Max-Age=0; {attributes}"),
        ];
        assert_eq!(answer.cookies(), expected);
    }
}

#[actix_web::test]
async fn nobody_stops_without_a_session_to_go_back_to() {
    let nobody = stop(acting(), "theme=dark").await;
    assert_eq!((nobody.status.as_u16(), nobody.text.as_str()), (401, ""));
    let not_acting = stop(acting(), &cookie("root")).await;
    assert_eq!(not_acting.status.as_u16(), 400);
    assert!(not_acting.text.contains("You are not impersonating anyone"), "{}", not_acting.text);
    for own in [None, Some("gone:"), Some("ann:"), Some("as-ann:"), Some("root"), Some("")] {
        let own = own.map(|value| pair("admin_session", value)).unwrap_or_default();
        let answer = stop(acting(), &format!("{}; {own}", cookie("as-ann"))).await;
        assert_eq!(answer.status.as_u16(), 500, "{own}");
        assert!(answer.text.contains("Failed to find admin session"), "{own}");
        assert!(answer.cookies().is_empty(), "{own}");
    }
}

#[actix_web::test]
async fn what_is_about_the_account_is_refused_while_somebody_acts_as_its_user() {
    for (path, body) in [
        ("change-password", r#"{"currentPassword":"password-1","newPassword":"password-2"}"#),
        ("change-email", r#"{"newEmail":"new@example.com"}"#),
        ("verify-password", r#"{"password":"password-1"}"#),
        ("delete-user", r#"{"password":"password-1"}"#),
        ("delete-user", r#"{"token":"token"}"#),
        ("unlink-account", r#"{"accountId":"account"}"#),
        ("two-factor/enable", r#"{"password":"password-1"}"#),
        ("two-factor/disable", r#"{"password":"password-1"}"#),
        ("two-factor/get-totp-uri", r#"{"password":"password-1"}"#),
        ("two-factor/generate-backup-codes", r#"{"password":"password-1"}"#),
        ("two-factor/verify-totp", r#"{"code":"123456"}"#),
        ("two-factor/verify-backup-code", r#"{"code":"aaaaa-bbbbb"}"#),
    ] {
        let request = from_page("POST", &format!("/api/auth/{path}"), &cookie("as-ann"), body);
        assert_eq!(Api::of(acting()).send(request).await.refusal(), (403, "IMPERSONATED".into()), "{path} {body}");
    }
    // It would show the tokens of the user's own sessions.
    let request = from_page("GET", "/api/auth/list-sessions", &cookie("as-ann"), "");
    assert_eq!(Api::of(acting()).send(request).await.refusal(), (403, "IMPERSONATED".into()));
}

#[actix_web::test]
async fn it_is_recorded_who_really_acts() {
    let mut identity = acting();
    identity
        .users
        .expect_update()
        .withf(|change| change.event.actor == Some(user_id("ann")) && by_root(&change.event))
        .once()
        .returning(|_| Ok(Some(user("ann"))));
    let renamed = from_page("POST", "/api/auth/update-user", &cookie("as-ann"), r#"{"name":"Ann"}"#);
    assert_eq!(Api::of(identity).send(renamed).await.status.as_u16(), 200);

    for path in ["/api/auth/sign-out", "/api/auth/logout", "/api/auth/revoke-sessions"] {
        let mut identity = acting();
        identity.sessions.expect_end().withf(|ending| by_root(&ending.event)).once().returning(|_| Ok(1));
        let answer = Api::of(identity).send(from_page("POST", path, &cookie("as-ann"), "{}")).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}");
    }
    let mut identity = acting();
    identity.sessions.expect_end().withf(|ending| by_root(&ending.event)).once().returning(|_| Ok(1));
    let all = from_page("DELETE", "/api/users/me/sessions", &cookie("as-ann"), "");
    assert_eq!(Api::of(identity).send(all).await.status.as_u16(), 200);
    let mut own = acting();
    own.sessions.expect_end().withf(|ending| !by_root(&ending.event)).once().returning(|_| Ok(1));
    assert_eq!(Api::of(own).send(from_page("POST", "/api/auth/sign-out", &cookie("ann"), "{}")).await.status, 200);
}

#[actix_web::test]
async fn our_own_routes_tell_who_really_acts_and_what_the_user_may_do() {
    let show = async |path: &str, token: &str| {
        let answer = Api::of(acting()).send(from_page("GET", path, &cookie(token), "")).await;
        (answer.status.as_u16(), answer.json())
    };
    let (_, me) = show("/api/auth/me", "as-ann").await;
    assert_eq!((&me["id"], &me["impersonated_by"]), (&"ann".into(), &"root".into()));
    assert_eq!(me["permissions"], serde_json::json!([]));
    assert_eq!(show("/api/auth/me", "ann").await.1["impersonated_by"], serde_json::Value::Null);
    assert_eq!(show("/api/roles", "as-ann").await.0, 403);
    let mut identity = acting();
    let found = SignedIn { session: as_ann(), ..signed_in("ann") };
    identity.sessions.expect_find_by_id().returning(move |_| Ok(Some(found.clone())));
    let shown = Api::of(identity).send(from_page("GET", "/api/auth/session", &cookie("as-ann"), "")).await;
    assert_eq!(shown.json()["session"]["impersonated_by"], "root");
}

#[actix_web::test]
async fn a_refreshed_session_of_an_administrator_does_not_live_longer() {
    let mut identity = acting();
    let end = as_ann().expires_at;
    identity
        .sessions
        .expect_rotate()
        .withf(move |rotation| rotation.expires_at == end && by_root(&rotation.event))
        .once()
        .returning(|_| Ok(true));
    let answer = Api::of(identity).send(from_page("POST", "/api/auth/refresh", &cookie("as-ann"), "")).await;
    assert_eq!(answer.status.as_u16(), 200);
}
