use actix_web::test::TestRequest;
use chrono::TimeDelta;
use hexado_domain::identity::{Session, SessionToken, SignedIn, Which};
use hexado_domain::testing::MockIdentity;
use hexado_domain::testing::fixtures::{noon, session, signed_in};

use crate::support::{Answer, Api, ORIGIN, anonymous, cookie, everybody, json, request, signed};

async fn get_session(headers: &[(&str, &str)]) -> Answer {
    let mut request = TestRequest::get().uri("/api/auth/get-session");
    for (name, value) in headers {
        request = request.insert_header((*name, *value));
    }
    Api::untouched().send(request).await
}

/// Ann's session began `age` ago.
pub(crate) fn aged(age: TimeDelta) -> MockIdentity {
    let mut identity = everybody();
    identity.sessions.checkpoint();
    identity.sessions.expect_find().returning(move |_, _| {
        let begun = noon() - age;
        let old =
            Session { created_at: begun, updated_at: begun, expires_at: begun + TimeDelta::days(7), ..session("ann") };
        Ok(Some(SignedIn { session: old, ..signed_in("ann") }))
    });
    identity
}

#[actix_web::test]
async fn the_session_is_told_with_its_user_and_a_jwt() {
    let answer = get_session(&[("cookie", &cookie("ann"))]).await;
    assert_eq!(
        answer.text,
        concat!(
            r#"{"session":{"expiresAt":"2026-11-28T12:00:00.000Z","token":"ann","createdAt":"2026-11-21T12:00:00.000Z","#,
            r#""updatedAt":"2026-11-21T12:00:00.000Z","ipAddress":"","userAgent":"","userId":"ann","impersonatedBy":null,"#,
            r#""id":"session-of-ann"},"user":{"name":"ann","email":"ann@example.com","emailVerified":false,"image":null,"#,
            r#""createdAt":"2026-11-21T12:00:00.000Z","updatedAt":"2026-11-21T12:00:00.000Z","role":null,"banned":false,"#,
            r#""banReason":null,"banExpires":null,"twoFactorEnabled":false,"id":"ann"}}"#
        )
    );
    assert_eq!(answer.header("set-auth-jwt"), Some("key-1.claims.signed"));
    assert!(answer.header("access-control-expose-headers").unwrap().contains("set-auth-jwt"));
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), (Some("no-store"), Some("no-cache")));
    assert!(answer.cookies().is_empty());
}

#[actix_web::test]
async fn a_bearer_may_be_signed_or_not_and_wins_over_the_cookie() {
    for bearer in ["bob".to_owned(), signed("bob"), signed("bob").replace('=', "%3D").replace('+', "%2B")] {
        let answer = get_session(&[("authorization", &format!("bearer {bearer}")), ("cookie", &cookie("ann"))]).await;
        assert_eq!(answer.json()["user"]["id"], "bob", "{bearer}");
    }
}

#[actix_web::test]
async fn a_bearer_with_a_wrong_signature_and_a_jwt_are_as_good_as_none() {
    for bearer in ["bob.wrong", "jwt.bob.signed"] {
        let authorization = ("authorization", format!("Bearer {bearer}"));
        let answer = get_session(&[("authorization", &authorization.1)]).await;
        assert_eq!((answer.text.as_str(), answer.cookies().len()), ("null", 0), "{bearer}");
        let answer = get_session(&[("authorization", &authorization.1), ("cookie", &cookie("ann"))]).await;
        assert_eq!(answer.json()["user"]["id"], "ann", "{bearer}");
    }
}

#[actix_web::test]
async fn nobody_is_null_and_a_wrong_signature_touches_no_cookie() {
    let altered = cookie("ann").replace("token=ann", "token=bob");
    for headers in [&[][..], &[("cookie", altered.as_str())], &[("cookie", "better-auth.session_token=ann")]] {
        let answer = get_session(headers).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, "null"));
        assert!(answer.cookies().is_empty());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[actix_web::test]
async fn of_two_cookies_with_one_name_the_first_counts_and_empty_ones_are_none() {
    let doubled = format!("{}; {}", cookie("ann"), cookie("bob"));
    assert_eq!(get_session(&[("cookie", &doubled)]).await.json()["user"]["id"], "ann");
    let own = TestRequest::get().uri("/api/auth/session").insert_header(("cookie", "better-auth.session_token="));
    assert_eq!(Api::untouched().send(own).await.refusal(), (401, "not_authenticated".into()));
}

#[actix_web::test]
async fn a_session_that_is_gone_is_null_and_its_cookies_are_taken_back() {
    for header in [("cookie", cookie("gone")), ("authorization", "Bearer gone".to_owned())] {
        let answer = get_session(&[(header.0, &header.1)]).await;
        assert_eq!(answer.text, "null");
        assert!(answer.takes_cookies_back(), "{:?}", answer.cookies());
    }
}

#[actix_web::test]
async fn an_old_session_is_extended_and_its_cookie_sent_again_unless_it_shall_not() {
    let send = async |path: &str, cookie: String| {
        let mut identity = aged(TimeDelta::days(2));
        identity.sessions.expect_extend().returning(|_| Ok(true));
        Api::of(identity).send(TestRequest::get().uri(path).insert_header(("cookie", cookie))).await
    };
    let extended = send("/api/auth/get-session", cookie("ann")).await;
    assert_eq!(extended.json()["session"]["expiresAt"], "2026-11-28T12:00:00.000Z");
    assert_eq!(extended.cookies(), [format!("{}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax", cookie("ann"))]);
    assert_eq!(extended.header("set-auth-token"), Some(signed("ann").as_str()));

    let brief = format!("{}; {}", cookie("ann"), cookie("true").replace("session_token", "dont_remember"));
    for (path, cookie) in
        [("/api/auth/get-session?disableRefresh=true", cookie("ann")), ("/api/auth/get-session", brief)]
    {
        let kept = send(path, cookie).await;
        assert_eq!(kept.json()["session"]["expiresAt"], "2026-11-26T12:00:00.000Z", "{path}");
        assert!(kept.cookies().is_empty());
    }
}

#[actix_web::test]
async fn get_session_is_no_post() {
    let answer = Api::untouched().send(anonymous("POST", "/api/auth/get-session", "{}")).await;
    assert_eq!(answer.refusal(), (405, "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED".into()));
}

#[actix_web::test]
async fn routes_for_those_who_are_signed_in_are_401_for_others() {
    let routes = [
        ("GET", "list-sessions", "{}"),
        ("POST", "revoke-session", r#"{"token":"x"}"#),
        ("POST", "revoke-sessions", "{}"),
        ("POST", "revoke-other-sessions", "{}"),
        ("POST", "update-user", r#"{"name":"x"}"#),
        ("POST", "update-session", "{}"),
        ("POST", "change-password", r#"{"currentPassword":"x","newPassword":"x"}"#),
        ("POST", "verify-password", r#"{"password":"x"}"#),
        ("POST", "change-email", r#"{"newEmail":"x@example.com"}"#),
        ("POST", "delete-user", "{}"),
        ("GET", "list-accounts", "{}"),
        ("POST", "unlink-account", r#"{"accountId":"x"}"#),
        ("GET", "token", "{}"),
        ("POST", "link-social", r#"{"provider":"github"}"#),
    ];
    for (method, route, body) in routes {
        let answer = Api::untouched().send(anonymous(method, &format!("/api/auth/{route}"), body)).await;
        assert_eq!(answer.status.as_u16(), 401, "{route}");
        assert_eq!(answer.text, r#"{"message":"Unauthorized","code":"UNAUTHORIZED"}"#, "{route}");
    }
}

#[actix_web::test]
async fn a_jwt_is_made_of_the_session() {
    let answer = Api::untouched().send(request("GET", "/api/auth/token")).await;
    assert_eq!(answer.text, r#"{"token":"key-1.claims.signed"}"#);
}

#[actix_web::test]
async fn sessions_are_listed_for_a_fresh_session_without_those_of_administrators() {
    let mut identity = everybody();
    identity.sessions.expect_list().returning(|_, _| {
        let impersonated_by = Some(signed_in("root").user.id);
        Ok(vec![session("ann"), Session { impersonated_by, ..session("ann") }])
    });
    let answer = Api::of(identity).send(request("GET", "/api/auth/list-sessions")).await;
    assert_eq!(answer.json().as_array().unwrap().len(), 1);
    assert_eq!((&answer.json()[0]["token"], &answer.json()[0]["id"]), (&"ann".into(), &"session-of-ann".into()));

    let mut stale = aged(TimeDelta::days(1));
    stale.sessions.expect_extend().returning(|_| Ok(true));
    let answer = Api::of(stale).send(request("GET", "/api/auth/list-sessions")).await;
    assert_eq!(
        (answer.status.as_u16(), answer.text.as_str()),
        (403, r#"{"message":"Session is not fresh","code":"SESSION_NOT_FRESH"}"#)
    );
}

/// An application that expects ann's sessions to be ended so.
fn ending(which: Which) -> Api {
    let mut identity = everybody();
    let expected =
        move |ending: &hexado_domain::identity::Ending| ending.user_id.as_str() == "ann" && ending.which == which;
    identity.sessions.expect_end().withf(expected).once().returning(|_| Ok(1));
    Api::of(identity)
}

#[actix_web::test]
async fn a_session_is_revoked_by_its_token_and_ones_own_with_its_cookies() {
    for (token, is_own) in [("other", false), ("ann", true)] {
        let api = ending(Which::OfToken(SessionToken::from_stored(token)));
        let answer = api.send(json("POST", "/api/auth/revoke-session", &format!(r#"{{"token":"{token}"}}"#))).await;
        assert_eq!((answer.text.as_str(), answer.takes_cookies_back()), (r#"{"status":true}"#, is_own));
    }
    // What cannot be a token is no session's.
    let answer = Api::untouched().send(json("POST", "/api/auth/revoke-session", r#"{"token":"\u0000"}"#)).await;
    assert_eq!(answer.text, r#"{"status":true}"#);
}

#[actix_web::test]
async fn all_sessions_or_all_others_are_revoked() {
    let all = ending(Which::All);
    let from_page = anonymous("POST", "/api/auth/revoke-sessions", "{}").insert_header(("origin", ORIGIN));
    let answer = all.send(from_page.insert_header(("cookie", cookie("ann")))).await;
    assert_eq!((answer.text.as_str(), answer.takes_cookies_back()), (r#"{"status":true}"#, true));
    let others = ending(Which::AllBut(session("ann").id));
    let answer = others.send(request("POST", "/api/auth/revoke-other-sessions")).await;
    assert_eq!((answer.text.as_str(), answer.cookies().len()), (r#"{"status":true}"#, 0));
}
