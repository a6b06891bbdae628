use actix_web::test::TestRequest;
use chrono::TimeDelta;
use hexado_domain::identity::{EmailClaims, EmailPurpose, Identifier, PasswordHash, TokenError, User, Verification};
use hexado_domain::testing::MockIdentity;
use hexado_domain::testing::fixtures::{noon, user, user_id};

use crate::support::{Answer, Api, anonymous, cookie, everybody, json};

async fn post(identity: MockIdentity, route: &str, body: &str) -> Answer {
    Api::of(identity).send(anonymous("POST", &format!("/api/auth/{route}"), body)).await
}

async fn get(identity: MockIdentity, path: &str) -> Answer {
    Api::of(identity).send(TestRequest::get().uri(&format!("/api/auth/{path}"))).await
}

/// Only ann has an address.
fn addresses() -> MockIdentity {
    let mut identity = everybody();
    identity
        .users
        .expect_find_by_email()
        .returning(|email| Ok((email.as_str() == "ann@example.com").then(|| user("ann"))));
    identity
}

#[actix_web::test]
async fn a_link_to_reset_the_password_is_mailed_and_nobody_learns_to_whom() {
    let mut known = addresses();
    known.verifications.expect_put().once().returning(|_| Ok(()));
    let known = post(known, "request-password-reset", r#"{"email":"ann@example.com","redirectTo":"/reset"}"#).await;
    let unknown = post(addresses(), "request-password-reset", r#"{"email":"nobody@example.com"}"#).await;
    assert_eq!((known.status.as_u16(), unknown.status.as_u16()), (200, 200));
    assert_eq!(
        known.text,
        r#"{"status":true,"message":"If this email exists in our system, check your email for the reset link"}"#
    );
    assert_eq!(known.text, unknown.text);
    let foreign = r#"{"email":"ann@example.com","redirectTo":"//evil.example"}"#;
    let foreign = post(everybody(), "request-password-reset", foreign).await;
    assert_eq!(foreign.refusal(), (403, "INVALID_REDIRECT_URL".into()));
}

/// The token `good` permits ann to set a new password until a minute after noon.
fn resetting() -> MockIdentity {
    let mut identity = everybody();
    identity.verifications.expect_find().returning(|identifier| {
        let found = identifier.as_str() == "reset-password:good";
        let expires_at = noon() + TimeDelta::minutes(1);
        let verification = |identifier: &Identifier| Verification {
            identifier: identifier.clone(),
            user_id: user_id("ann"),
            expires_at,
        };
        Ok(found.then(|| verification(identifier)))
    });
    identity
}

#[actix_web::test]
async fn the_mailed_link_leads_to_the_page_that_asks_for_the_password() {
    let good = get(resetting(), "reset-password/good?callbackURL=%2Freset").await;
    assert_eq!((good.status.as_u16(), good.header("location")), (302, Some("http://localhost:8000/reset?token=good")));
    for token in ["bad", "%00", "a%20b"] {
        let bad = get(resetting(), &format!("reset-password/{token}?callbackURL=%2Freset")).await;
        assert_eq!(bad.header("location"), Some("http://localhost:8000/reset?error=INVALID_TOKEN"), "{token}");
    }
    let foreign = get(resetting(), "reset-password/good?callbackURL=https%3A%2F%2Fevil.example").await;
    assert_eq!(foreign.refusal(), (403, "INVALID_CALLBACK_URL".into()));
    let nowhere = get(resetting(), "reset-password/good").await;
    assert_eq!(nowhere.json()["message"], "[query.callbackURL] Invalid input: expected string, received undefined");
}

#[actix_web::test]
async fn a_password_is_reset_once_by_the_token_in_the_body_or_in_the_query() {
    let spending = |done: bool| {
        let mut identity = resetting();
        identity.passwords.expect_hash().returning(|_| Ok(PasswordHash::from_stored("hash".into())));
        identity.accounts.expect_set_password().returning(move |_| Ok(done));
        identity
    };
    let body = r#"{"newPassword":"password-3","token":"good"}"#;
    assert_eq!(post(spending(true), "reset-password", body).await.text, r#"{"status":true}"#);
    let in_query = post(spending(true), "reset-password?token=good", r#"{"newPassword":"password-3"}"#).await;
    assert_eq!(in_query.text, r#"{"status":true}"#);
    let invalid = r#"{"message":"Invalid token","code":"INVALID_TOKEN"}"#;
    assert_eq!(post(spending(false), "reset-password", body).await.text, invalid);
    for body in [r#"{"newPassword":"password-3","token":"bad"}"#, r#"{"newPassword":"password-3"}"#] {
        let answer = post(resetting(), "reset-password", body).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (400, invalid));
    }
    let short = post(resetting(), "reset-password", r#"{"newPassword":"short","token":"good"}"#).await;
    assert_eq!(short.refusal(), (400, "PASSWORD_TOO_SHORT".into()));
}

fn mailing() -> MockIdentity {
    let mut identity = addresses();
    identity.signer.expect_email_token().returning(|_, _| Ok("mailed".into()));
    identity.outbox.expect_put().once().returning(|_| Ok(()));
    identity
}

#[actix_web::test]
async fn a_link_to_verify_the_address_is_mailed_and_strangers_learn_nothing() {
    let known = post(mailing(), "send-verification-email", r#"{"email":"ann@example.com"}"#).await;
    let unknown = post(addresses(), "send-verification-email", r#"{"email":"nobody@example.com"}"#).await;
    assert_eq!((known.text.as_str(), unknown.text.as_str()), (r#"{"status":true}"#, r#"{"status":true}"#));
    let of_ann = |email: &str| json("POST", "/api/auth/send-verification-email", &format!(r#"{{"email":"{email}"}}"#));
    let other = Api::of(addresses()).send(of_ann("bob@example.com")).await;
    assert_eq!(other.refusal(), (400, "EMAIL_MISMATCH".into()));
    assert_eq!(Api::of(mailing()).send(of_ann("ann@example.com")).await.text, r#"{"status":true}"#);
}

#[actix_web::test]
async fn a_link_to_change_the_address_is_mailed_also_when_it_is_taken() {
    let change = |email: &str| json("POST", "/api/auth/change-email", &format!(r#"{{"newEmail":"{email}"}}"#));
    let fresh = Api::of(mailing()).send(change("new@example.com")).await;
    assert_eq!(fresh.text, r#"{"status":true}"#);
    let mut taken = everybody();
    taken.users.expect_find_by_email().returning(|_| Ok(Some(user("bob"))));
    assert_eq!(Api::of(taken).send(change("bob@example.com")).await.text, r#"{"status":true}"#);
    let same = Api::of(everybody()).send(change("ann@example.com")).await;
    assert_eq!((same.status.as_u16(), same.text.as_str()), (400, r#"{"message":"Email is the same"}"#));
}

/// The token `good` has this purpose for ann, `old` is expired.
fn verifying(purpose: EmailPurpose) -> MockIdentity {
    let mut identity = everybody();
    identity.signer.expect_read_email_token().returning(move |token, now| match token {
        "good" => Ok(EmailClaims {
            email: "ann@example.com".into(),
            user_id: Some("ann".into()),
            purpose: purpose.clone(),
            expires_at: now + TimeDelta::hours(1),
        }),
        "old" => Err(TokenError::Expired),
        _ => Err(TokenError::Invalid("no".into())),
    });
    identity
        .users
        .expect_update()
        .returning(|change| Ok(Some(User { email: change.email.clone().unwrap().to.as_str().into(), ..user("ann") })));
    identity
}

#[actix_web::test]
async fn an_address_is_verified_by_the_mailed_link() {
    let answer = get(verifying(EmailPurpose::Verify), "verify-email?token=good").await;
    assert_eq!(answer.text, r#"{"status":true,"user":null}"#);
    let answer = get(verifying(EmailPurpose::Verify), "verify-email?token=good&callbackURL=%2Fdone").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (302, Some("/done")));
    let change = EmailPurpose::VerifyChange { to: "new@example.com".into() };
    let stranger = get(verifying(change.clone()), "verify-email?token=good").await;
    assert_eq!(stranger.json()["user"]["email"], "new@example.com");
    assert!(stranger.cookies().is_empty());
    let request = TestRequest::with_uri("/api/auth/verify-email?token=good").insert_header(("cookie", cookie("ann")));
    let answer = Api::of(verifying(change)).send(request).await;
    assert!(answer.cookies()[0].starts_with(&cookie("ann")), "{:?}", answer.cookies());
}

#[actix_web::test]
async fn a_bad_link_is_401_or_leads_on_with_the_error() {
    for (token, code) in [("bad", "INVALID_TOKEN"), ("old", "TOKEN_EXPIRED")] {
        let answer = get(verifying(EmailPurpose::Verify), &format!("verify-email?token={token}")).await;
        assert_eq!(answer.refusal(), (401, code.into()));
        let path = format!("verify-email?token={token}&callbackURL=%2Fdone");
        let answer = get(verifying(EmailPurpose::Verify), &path).await;
        assert_eq!(answer.header("location").unwrap(), format!("/done?error={code}"));
    }
    let foreign = get(everybody(), "verify-email?token=good&callbackURL=%2F%2Fevil.example").await;
    assert_eq!(foreign.refusal(), (403, "INVALID_CALLBACK_URL".into()));
}
