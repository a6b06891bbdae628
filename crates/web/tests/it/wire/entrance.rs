use actix_web::test::TestRequest;
use hexado_domain::error::StoreError;
use hexado_domain::identity::{Candidate, EMAIL_CONSTRAINT, HashError, PasswordHash, User, Verdict};
use hexado_domain::testing::MockIdentity;
use hexado_domain::testing::fixtures::user;

use crate::support::{Answer, Api, ORIGIN, anonymous, cookie, everybody, signed};

/// Ann has the password `right-password`; whoever signs up is new.
pub(crate) fn doors() -> MockIdentity {
    let mut identity = everybody();
    identity.accounts.expect_candidate().returning(|email| {
        let user = match email.as_str() {
            "ann@example.com" => user("ann"),
            "banned@example.com" => User { banned: true, ..user("banned") },
            _ => return Ok(None),
        };
        Ok(Some(Candidate { user, hash: Some(PasswordHash::from_stored("hash".into())) }))
    });
    identity.accounts.expect_register().returning(|_| Ok(()));
    identity.passwords.expect_hash().returning(|_| Ok(PasswordHash::from_stored("hash".into())));
    identity.passwords.expect_pretend().returning(|_| Ok(()));
    identity.passwords.expect_verify().returning(|password, _| {
        Ok(if password.expose() == "right-password" { Verdict::Right } else { Verdict::Wrong })
    });
    identity.sessions.expect_open().returning(|_| Ok(true));
    identity
}

async fn sign_up(body: &str) -> Answer {
    Api::of(doors()).send(anonymous("POST", "/api/auth/sign-up/email", body)).await
}

async fn sign_in(body: &str) -> Answer {
    Api::of(doors()).send(anonymous("POST", "/api/auth/sign-in/email", body)).await
}

/// The answer hands out the session of its `token`, by cookie and by header.
fn hands_out(answer: &Answer, attributes: &str) {
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(answer.cookies()[0], format!("{}{attributes}", cookie(&token)));
    assert_eq!(answer.header("set-auth-token"), Some(signed(&token).as_str()));
    assert!(answer.header("access-control-expose-headers").unwrap().contains("set-auth-token"));
}

const REMEMBERED: &str = "; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax";

#[actix_web::test]
async fn who_signs_up_is_signed_in() {
    let answer = sign_up(r#"{"name":"Ann","email":"Ann@Example.com","password":"password-1","id":"x"}"#).await;
    assert_eq!(answer.status.as_u16(), 200);
    let body = answer.json();
    assert_eq!((&body["user"]["email"], &body["user"]["role"]), (&"ann@example.com".into(), &"user".into()));
    assert_eq!(
        (&body["user"]["emailVerified"], &body["user"]["createdAt"]),
        (&false.into(), &"2026-11-21T12:00:00.000Z".into())
    );
    assert_ne!(body["user"]["id"], "x");
    hands_out(&answer, REMEMBERED);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[actix_web::test]
async fn a_sign_up_that_breaks_a_rule_is_400_and_a_taken_address_422() {
    let body = |extra: &str| format!(r#"{{"name":"Ann","email":"ann@example.com","password":"password-1"{extra}}}"#);
    let cases = [
        (body(r#","email":"nope""#), "[body.email] Invalid email address", "VALIDATION_ERROR"),
        (body(r#","password":"short""#), "Password too short", "PASSWORD_TOO_SHORT"),
        (body(&format!(r#","password":"{}""#, "x".repeat(129))), "Password too long", "PASSWORD_TOO_LONG"),
        (body(r#","role":"admin""#), "role is not allowed to be set", "FIELD_NOT_ALLOWED"),
        (
            body(r#","name":"\u0000""#),
            "[body.name] Invalid string: must not contain control characters",
            "VALIDATION_ERROR",
        ),
        (
            body(r#","rememberMe":"no""#),
            "[body.rememberMe] Invalid input: expected boolean, received string",
            "VALIDATION_ERROR",
        ),
    ];
    for (body, message, code) in cases {
        let answer = sign_up(&body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, code));
        assert_eq!(answer.json()["message"], message);
    }
    for ignored in [r#","banned":true"#, r#","twoFactorEnabled":true"#, r#","role":"""#, r#","emailVerified":true"#] {
        let answer = sign_up(&body(ignored)).await;
        assert_eq!(answer.json()["user"]["banned"], false, "{ignored}");
        assert_eq!(answer.json()["user"]["emailVerified"], false, "{ignored}");
    }
}

fn taken() -> MockIdentity {
    let mut identity = everybody();
    identity.passwords.expect_hash().returning(|_| Ok(PasswordHash::from_stored("hash".into())));
    let conflict = || StoreError::Conflict { constraint: EMAIL_CONSTRAINT.into() };
    identity.accounts.expect_register().returning(move |_| Err(conflict()));
    identity
}

#[actix_web::test]
async fn a_taken_address_is_told_unless_addresses_must_be_verified() {
    let request = || {
        let body = r#"{"name":"Ann","email":"ann@example.com","password":"password-1"}"#;
        anonymous("POST", "/api/auth/sign-up/email", body)
    };
    let answer = Api::of(taken()).send(request()).await;
    assert_eq!(answer.status.as_u16(), 422);
    assert_eq!(
        answer.text,
        r#"{"message":"User already exists. Use another email.","code":"USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"}"#
    );
    let mut api = Api::of(taken());
    api.options.require_verified_email = true;
    let answer = api.send(request()).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["token"]), (200, &serde_json::Value::Null));
    assert_eq!(answer.json()["user"]["id"].as_str().unwrap().len(), 32);
    assert!(answer.cookies().is_empty());
}

#[actix_web::test]
async fn the_right_password_signs_in() {
    let answer = sign_in(r#"{"email":"ann@example.com","password":"right-password"}"#).await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!((&answer.json()["redirect"], &answer.json()["user"]["id"]), (&false.into(), &"ann".into()));
    assert!(answer.json().get("url").is_none());
    hands_out(&answer, REMEMBERED);
}

#[actix_web::test]
async fn a_form_signs_in_too() {
    let form = TestRequest::post()
        .uri("/api/auth/sign-in/email")
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload("email=ann%40example.com&password=right-password");
    assert_eq!(Api::of(doors()).send(form).await.status.as_u16(), 200);
}

#[actix_web::test]
async fn a_session_that_shall_end_with_the_browser_has_no_age_and_says_so() {
    let answer = sign_in(r#"{"email":"ann@example.com","password":"right-password","rememberMe":false}"#).await;
    hands_out(&answer, "; Path=/; HttpOnly; SameSite=Lax");
    let note = cookie("true").replace("session_token", "dont_remember");
    assert_eq!(answer.cookies()[1], format!("{note}; Path=/; HttpOnly; SameSite=Lax"));
}

#[actix_web::test]
async fn who_signs_in_with_a_target_is_told_to_go_there() {
    let answer = sign_in(r#"{"email":"ann@example.com","password":"right-password","callbackURL":"/dashboard"}"#).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (200, Some("/dashboard")));
    assert_eq!((&answer.json()["redirect"], &answer.json()["url"]), (&true.into(), &"/dashboard".into()));
    let answer = sign_in(r#"{"email":"ann@example.com","password":"right-password","callbackURL":""}"#).await;
    assert_eq!((&answer.json()["redirect"], &answer.json()["url"]), (&false.into(), &"".into()));
    assert_eq!(answer.header("location"), None);
}

#[actix_web::test]
async fn an_unknown_address_and_a_wrong_password_get_the_same_bytes() {
    let wrong = sign_in(r#"{"email":"ann@example.com","password":"wrong-password"}"#).await;
    let unknown = sign_in(r#"{"email":"nobody@example.com","password":"wrong-password"}"#).await;
    assert_eq!((wrong.status.as_u16(), unknown.status.as_u16()), (401, 401));
    assert_eq!(wrong.text, r#"{"message":"Invalid email or password","code":"INVALID_EMAIL_OR_PASSWORD"}"#);
    assert_eq!(wrong.text, unknown.text);
    assert!(wrong.cookies().is_empty());
}

#[actix_web::test]
async fn other_refusals_of_signing_in_have_their_codes() {
    let banned = sign_in(r#"{"email":"banned@example.com","password":"right-password"}"#).await;
    assert_eq!(banned.refusal(), (403, "BANNED_USER".into()));
    let nonsense = sign_in(r#"{"email":"nope","password":"x"}"#).await;
    assert_eq!(nonsense.text, r#"{"message":"Invalid email","code":"INVALID_EMAIL"}"#);
    let long = format!(r#"{{"email":"ann@example.com","password":"{}"}}"#, "x".repeat(129));
    assert_eq!(sign_in(&long).await.refusal(), (400, "PASSWORD_TOO_LONG".into()));
    // As long as a body may be, and one letter longer.
    let body = |length| format!(r#"{{"email":"ann@example.com","password":"{}"}}"#, "x".repeat(length));
    let longest = 1024 * 1024 - body(0).len();
    assert_eq!(sign_in(&body(longest)).await.refusal(), (400, "PASSWORD_TOO_LONG".into()));
    assert_eq!(sign_in(&body(longest + 1)).await.refusal(), (413, "PAYLOAD_TOO_LARGE".into()));
}

#[actix_web::test]
async fn a_flood_of_sign_ins_is_503() {
    let mut identity = everybody();
    identity.accounts.expect_candidate().returning(|_| Ok(None));
    identity.passwords.expect_pretend().returning(|_| Err(HashError::Busy));
    let body = r#"{"email":"ann@example.com","password":"right-password"}"#;
    let answer = Api::of(identity).send(anonymous("POST", "/api/auth/sign-in/email", body)).await;
    assert_eq!(answer.refusal(), (503, "BUSY".into()));
    assert_eq!((answer.header("retry-after"), answer.header("x-retry-after")), (Some("1"), Some("1")));
}

#[actix_web::test]
async fn https_makes_cookies_secure() {
    let mut api = Api::of(doors());
    api.options.cookies.secure = true;
    let body = r#"{"email":"ann@example.com","password":"right-password"}"#;
    let answer = api.send(anonymous("POST", "/api/auth/sign-in/email", body)).await;
    assert!(answer.cookies()[0].starts_with("__Secure-better-auth.session_token="));
    assert!(answer.cookies()[0].ends_with("; Max-Age=604800; Path=/; HttpOnly; Secure; SameSite=Lax"));
}

#[actix_web::test]
async fn signing_out_ends_the_session_and_takes_the_cookies_back_also_without_one() {
    let mut identity = everybody();
    identity.sessions.expect_end().withf(|ending| ending.user_id.as_str() == "ann").once().returning(|_| Ok(1));
    let api = Api::of(identity);
    let with = anonymous("POST", "/api/auth/sign-out", "{}");
    let with = with.insert_header(("cookie", cookie("ann"))).insert_header(("origin", ORIGIN));
    for request in [with, TestRequest::post().uri("/api/auth/sign-out")] {
        let answer = api.send(request).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, r#"{"success":true}"#));
        assert!(answer.takes_cookies_back(), "{:?}", answer.cookies());
    }
}
