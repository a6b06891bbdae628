//! Our own routes of sign-in and sessions.

use actix_web::test::TestRequest;
use hexado_domain::error::StoreError;
use hexado_domain::identity::{Account, CREDENTIAL, EMAIL_CONSTRAINT, Ending, PasswordHash, Session, SessionId, Which};
use hexado_domain::testing::MockIdentity;
use hexado_domain::testing::fixtures::{noon, session};
use serde_json::json as value;

use crate::support::{Answer, Api, ORIGIN, anonymous, cookie, everybody, request};
use crate::wire::doors;

async fn sign_up(identity: MockIdentity, body: &str) -> Answer {
    Api::of(identity).send(anonymous("POST", "/api/v1/auth/signup", body)).await
}

async fn log_in(body: &str) -> Answer {
    Api::of(doors()).send(anonymous("POST", "/api/auth/login", body)).await
}

#[actix_web::test]
async fn who_signs_up_is_signed_in() {
    let answer = sign_up(doors(), r#"{"name":" Ann ","email":"Ann@Example.com","password":"password-1"}"#).await;
    assert_eq!(answer.status.as_u16(), 201);
    let body = answer.json();
    assert_eq!((&body["user"]["name"], &body["user"]["email"]), (&"Ann".into(), &"ann@example.com".into()));
    assert_eq!((&body["user"]["email_verified"], &body["session"]["current"]), (&false.into(), &true.into()));
    assert!(body["session"].get("token").is_none());
    let token = body["token"].as_str().unwrap();
    assert_eq!(answer.cookies(), [format!("{}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax", cookie(token))]);
}

#[actix_web::test]
async fn everything_that_is_wrong_with_a_sign_up_is_told_at_once() {
    let answer = sign_up(doors(), r#"{"name":" ","email":"nope","password":"short","image":"\u0000"}"#).await;
    assert_eq!(answer.refusal(), (422, "validation_failed".into()));
    let fault = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    let expected = [
        fault("/name", "blank"),
        fault("/email", "not_one_of"),
        fault("/password", "too_short"),
        fault("/image", "control_character"),
    ];
    assert_eq!(answer.faults(), expected);
    let empty = sign_up(doors(), "{}").await;
    assert_eq!(empty.faults(), ["/name", "/email", "/password"].map(|pointer| fault(pointer, "required")));
    let role =
        sign_up(doors(), r#"{"name":"Ann","email":"ann@example.com","password":"password-1","role":"admin"}"#).await;
    assert_eq!(role.faults(), [fault("/role", "unknown_field")]);
}

#[actix_web::test]
async fn a_taken_address_is_409() {
    let mut identity = everybody();
    identity.passwords.expect_hash().returning(|_| Ok(PasswordHash::from_stored("hash".into())));
    let conflict = || StoreError::Conflict { constraint: EMAIL_CONSTRAINT.into() };
    identity.accounts.expect_register().returning(move |_| Err(conflict()));
    let answer = sign_up(identity, r#"{"name":"Ann","email":"ann@example.com","password":"password-1"}"#).await;
    assert_eq!(answer.refusal(), (409, "email_taken".into()));
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
}

#[actix_web::test]
async fn the_right_password_signs_in_and_a_wrong_one_is_told_as_an_unknown_address() {
    let right = log_in(r#"{"email":"ann@example.com","password":"right-password","remember_me":false}"#).await;
    assert_eq!((right.status.as_u16(), &right.json()["user"]["id"]), (200, &"ann".into()));
    assert!(right.json()["token"].is_string());
    assert_eq!(right.cookies().len(), 2);
    assert!(!right.cookies()[0].contains("Max-Age"));

    let wrong = log_in(r#"{"email":"ann@example.com","password":"wrong-password"}"#).await;
    let unknown = log_in(r#"{"email":"nobody@example.com","password":"wrong-password"}"#).await;
    assert_eq!(wrong.refusal(), (401, "wrong_credentials".into()));
    assert_eq!(unknown.refusal(), wrong.refusal());
    assert_eq!(unknown.json()["detail"], wrong.json()["detail"]);
    assert!(wrong.header("www-authenticate").is_some());
}

#[actix_web::test]
async fn no_foreign_page_signs_anybody_in() {
    let body = r#"{"email":"ann@example.com","password":"right-password"}"#;
    let from = |origin| anonymous("POST", "/api/auth/login", body).insert_header(("origin", origin));
    assert_eq!(Api::untouched().send(from("https://evil.example")).await.refusal(), (403, "csrf_origin".into()));
    assert_eq!(Api::of(doors()).send(from(ORIGIN)).await.status.as_u16(), 200);
}

/// An application that expects sessions of ann's to be ended so.
fn ending(which: Which, ended: u64) -> Api {
    let mut identity = everybody();
    let expected = move |ending: &Ending| ending.user_id.as_str() == "ann" && ending.which == which;
    identity.sessions.expect_end().withf(expected).once().returning(move |_| Ok(ended));
    Api::of(identity)
}

fn own() -> SessionId {
    session("ann").id
}

#[actix_web::test]
async fn signing_out_ends_the_session_and_takes_the_cookies_back() {
    let log_out =
        |name: &'static str, text: String| TestRequest::post().uri("/api/auth/logout").insert_header((name, text));
    let with_cookie = log_out("cookie", cookie("ann")).insert_header(("origin", ORIGIN));
    for request in [with_cookie, log_out("authorization", "Bearer ann".into())] {
        let answer = ending(Which::One(own()), 1).send(request).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["message"]), (200, &"Signed out".into()));
        assert!(answer.takes_cookies_back());
    }
    for bad in ["Bearer nobody", "Bearer jwt.forged.signed", "Basic x"] {
        assert_eq!(Api::untouched().send(log_out("authorization", bad.into())).await.status.as_u16(), 200, "{bad}");
    }
    let silent = Api::untouched().send(log_out("cookie", cookie("ann"))).await;
    assert_eq!(silent.refusal(), (403, "csrf_origin".into()));
}

/// Sessions are found by their identifiers too.
fn present() -> MockIdentity {
    let mut identity = everybody();
    identity.sessions.expect_find_by_id().returning(|id| {
        Ok((id.as_str() == "session-of-ann").then(|| hexado_domain::testing::fixtures::signed_in("ann")))
    });
    identity
}

#[actix_web::test]
async fn the_session_is_told_without_its_token() {
    let answer = Api::of(present()).send(request("GET", "/api/auth/session")).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["session"]["id"]), (200, &"session-of-ann".into()));
    assert!(answer.json().get("token").is_none() && answer.json()["session"].get("token").is_none());
    let foreign = request("GET", "/api/auth/session").insert_header(("authorization", "Bearer jwt.ann.signed"));
    assert_eq!(Api::of(present()).send(foreign).await.refusal(), (401, "session_expired".into()));
}

#[actix_web::test]
async fn a_refreshed_session_has_a_new_token_and_a_jwt() {
    let mut identity = present();
    identity.sessions.expect_rotate().withf(|rotation| rotation.from.as_str() == "ann").once().returning(|_| Ok(true));
    let answer = Api::of(identity).send(request("POST", "/api/auth/refresh")).await;
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    assert_eq!((answer.status.as_u16(), token.len()), (200, 32));
    assert_eq!(answer.json()["jwt"], "key-1.claims.signed");
    assert_eq!(answer.cookies(), [format!("{}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax", cookie(&token))]);
    let foreign = request("POST", "/api/auth/refresh").insert_header(("authorization", "Bearer jwt.ann.signed"));
    assert_eq!(Api::of(present()).send(foreign).await.refusal(), (401, "session_expired".into()));
}

#[actix_web::test]
async fn the_caller_is_told_with_roles_and_permissions() {
    let me = async |token: &str| {
        let request = request("GET", "/api/v1/auth/me").insert_header(("authorization", format!("Bearer {token}")));
        Api::untouched().send(request).await.json()
    };
    let admin = me("root").await;
    assert_eq!(admin["roles"], value!(["admin"]));
    let permissions = admin["permissions"].as_array().unwrap();
    assert!(permissions.contains(&"task:read-any".into()) && permissions.contains(&"user:set-role".into()));
    assert!(!permissions.contains(&"user:impersonate-admins".into()));
    let ann = me("jwt.ann.signed").await;
    assert_eq!((&ann["id"], &ann["roles"], &ann["permissions"]), (&"ann".into(), &value!([]), &value!([])));
}

#[actix_web::test]
async fn accounts_are_listed_and_filtered_by_their_provider() {
    let account = |provider: &str| Account {
        id: format!("of-{provider}"),
        account_id: "ann".into(),
        provider_id: provider.into(),
        user_id: session("ann").user_id,
        scope: None,
        created_at: noon(),
        updated_at: noon(),
    };
    let list = async |query: &str| {
        let mut identity = everybody();
        let accounts = vec![account(CREDENTIAL), account("github")];
        identity.accounts.expect_list().returning(move |_| Ok(accounts.clone()));
        Api::of(identity).send(request("GET", &format!("/api/auth/accounts{query}"))).await
    };
    assert_eq!(list("").await.json().as_array().unwrap().len(), 2);
    let filtered = list("?provider=github").await.json();
    assert_eq!((filtered.as_array().unwrap().len(), &filtered[0]["id"]), (1, &"of-github".into()));
    assert_eq!(list("?provder=github").await.status.as_u16(), 422);
}

#[actix_web::test]
async fn sessions_are_listed_without_tokens_for_the_user_alone() {
    let listing = || {
        let mut identity = everybody();
        let other = Session { id: SessionId::from_stored("other"), ..session("ann") };
        identity.sessions.expect_list().returning(move |_, _| Ok(vec![session("ann"), other.clone()]));
        Api::of(identity)
    };
    for user in ["me", "ann"] {
        let answer = listing().send(request("GET", &format!("/api/v1/users/{user}/sessions"))).await;
        let current: Vec<_> =
            answer.json().as_array().unwrap().iter().map(|session| session["current"].clone()).collect();
        assert_eq!(current, [value!(true), value!(false)]);
        assert!(!answer.text.contains("token"), "{}", answer.text);
    }
    let other = Api::untouched().send(request("GET", "/api/v1/users/bob/sessions")).await;
    assert_eq!(other.refusal(), (403, "user_mismatch".into()));
}

#[actix_web::test]
async fn sessions_are_ended_all_or_all_others_or_one() {
    let all = ending(Which::All, 3).send(request("DELETE", "/api/users/me/sessions")).await;
    assert_eq!((&all.json()["revoked"], all.takes_cookies_back()), (&3.into(), true));
    let others =
        ending(Which::AllBut(own()), 2).send(request("DELETE", "/api/users/me/sessions?keep_current=true")).await;
    assert_eq!((&others.json()["revoked"], others.cookies().len()), (&2.into(), 0));

    let one = |id: &'static str, ended| ending(Which::One(SessionId::from_stored(id)), ended);
    let path = |id: &str| format!("/api/users/ann/sessions/{id}");
    let other = one("other", 1).send(request("DELETE", &path("other"))).await;
    assert_eq!((&other.json()["revoked"], other.cookies().len()), (&1.into(), 0));
    assert!(one("session-of-ann", 1).send(request("DELETE", &path("session-of-ann"))).await.takes_cookies_back());
    let gone = one("gone", 0).send(request("DELETE", &path("gone"))).await;
    assert_eq!(gone.refusal(), (404, "session_not_found".into()));
    let impossible = Api::untouched().send(request("DELETE", &path("%00"))).await;
    assert_eq!(impossible.refusal(), (404, "session_not_found".into()));
}
