//! Authenticating again.

use chrono::{DateTime, TimeDelta};
use hexado_domain::identity::{Admission, PasswordHash, Reauthentication, Session, SignedIn, Verdict};
use hexado_domain::testing::MockIdentity;
use hexado_domain::testing::fixtures::{noon, session, signed_in, two_factor, user_id};

use crate::support::{Answer, Api, ORIGIN, anonymous, cookie, everybody, json, request};

const PATH: &str = "/api/auth/step-up";
const RIGHT: &str = r#"{"password":"right-password"}"#;
const HOUR: TimeDelta = TimeDelta::hours(1);

/// An hour after `by` signed in, with the password `right-password`.
fn later(by: SignedIn) -> MockIdentity {
    let mut identity = everybody();
    identity.clock.advance(HOUR);
    identity.sessions.checkpoint();
    let by_id = by.clone();
    identity.sessions.expect_find().returning(move |_, _| Ok(Some(by.clone())));
    identity.sessions.expect_find_by_id().returning(move |_| Ok(Some(by_id.clone())));
    let hash = || PasswordHash::from_stored("hash".into());
    identity.accounts.expect_password_of().returning(move |_| Ok(Some(hash())));
    identity.passwords.expect_verify().returning(|password, _| {
        Ok(if password.expose() == "right-password" { Verdict::Right } else { Verdict::Wrong })
    });
    identity
}

fn ann() -> SignedIn {
    signed_in("ann")
}

fn ann_with_second_factor() -> SignedIn {
    let mut ann = ann();
    ann.user.two_factor_enabled = true;
    ann
}

async fn step_up(identity: MockIdentity, body: &str) -> Answer {
    Api::of(identity).send(json("POST", PATH, body)).await
}

#[actix_web::test]
async fn the_right_password_has_the_session_count_from_now_on() {
    let by_cookie =
        anonymous("POST", PATH, RIGHT).insert_header(("cookie", cookie("ann"))).insert_header(("origin", ORIGIN));
    for request in [json("POST", PATH, RIGHT), by_cookie] {
        let mut identity = later(ann());
        let expected = |again: &Reauthentication| {
            let proven = Session { authenticated_at: Some(noon() + HOUR), ..session("ann") };
            again.session == proven && again.event.actor == Some(user_id("ann"))
        };
        identity.sessions.expect_authenticate_again().withf(expected).once().returning(|_| Ok(true));
        let answer = Api::of(identity).send(request).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
        let time =
            |name: &str| answer.json()["session"][name].as_str().unwrap().parse::<DateTime<chrono::Utc>>().unwrap();
        assert_eq!((time("authenticated_at"), time("created_at")), (noon() + HOUR, noon()));
        assert!(answer.json().get("token").is_none() && answer.cookies().is_empty());
    }
}

#[actix_web::test]
async fn a_wrong_password_is_told_as_at_signing_in() {
    let answer = step_up(later(ann()), r#"{"password":"wrong-password"}"#).await;
    assert_eq!(answer.refusal(), (401, "wrong_credentials".into()));
    assert!(answer.header("www-authenticate").is_some());
}

#[actix_web::test]
async fn a_body_that_says_too_little_or_too_much_is_422() {
    let fault = |pointer: &str, code: &str| vec![(pointer.to_owned(), code.to_owned())];
    for (body, expected) in [
        ("{}", fault("/password", "required")),
        (r#"{"password":"right-password","code":123456}"#, fault("/code", "wrong_type")),
        (r#"{"password":"right-password","amr":"otp"}"#, fault("/amr", "unknown_field")),
    ] {
        let answer = step_up(later(ann()), body).await;
        assert_eq!((answer.status.as_u16(), answer.faults()), (422, expected), "{body}");
    }
    let answer = step_up(later(ann_with_second_factor()), RIGHT).await;
    assert_eq!((answer.status.as_u16(), answer.faults()), (422, fault("/code", "required")));
}

#[actix_web::test]
async fn who_has_a_second_factor_gives_a_code_too() {
    for (code, status, expected) in
        [("123456", 200, ""), ("654321", 401, "wrong_code"), ("a-b", 401, "wrong_backup_code")]
    {
        let mut identity = later(ann_with_second_factor());
        identity.two_factors.expect_find().returning(|_| Ok(Some(two_factor("ann"))));
        identity.two_factors.expect_admit().returning(|_| Ok(Admission::Granted));
        identity.two_factors.expect_refuse().returning(|_| Ok(()));
        identity.two_factors.expect_use_code().returning(|used| {
            assert_eq!(used.session.as_ref().unwrap().amr.as_deref(), Some("pwd otp"));
            Ok(true)
        });
        identity.factors.expect_matching_step().returning(|_, code, _| Ok((code == "123456").then_some(100)));
        identity.factors.expect_spend_backup_code().returning(|_, _| Ok(None));
        let answer = step_up(identity, &format!(r#"{{"password":"right-password","code":"{code}"}}"#)).await;
        let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
        assert_eq!((answer.status.as_u16(), code.as_str()), (status, expected), "{}", answer.text);
    }
}

#[actix_web::test]
async fn a_second_factor_that_is_locked_is_403() {
    let mut identity = later(ann_with_second_factor());
    identity.two_factors.expect_find().returning(|_| Ok(Some(two_factor("ann"))));
    identity.two_factors.expect_admit().returning(|_| Ok(Admission::Locked));
    let answer = step_up(identity, r#"{"password":"right-password","code":"123456"}"#).await;
    assert_eq!(answer.refusal(), (403, "two_factor_locked".into()));
}

#[actix_web::test]
async fn who_has_no_session_or_no_password_here_is_told_to_sign_in_again() {
    let foreign = json("POST", PATH, RIGHT).insert_header(("authorization", "Bearer jwt.ann.signed"));
    let answer = Api::of(later(ann())).send(foreign).await;
    assert_eq!(answer.refusal(), (403, "step_up_unavailable".into()));
    let mut without = everybody();
    without.sessions.expect_find_by_id().returning(|_| Ok(Some(ann())));
    without.accounts.expect_password_of().returning(|_| Ok(None));
    assert_eq!(step_up(without, RIGHT).await.refusal(), (403, "step_up_unavailable".into()));
}

#[actix_web::test]
async fn an_administrator_who_acts_as_a_user_cannot() {
    let mut by = ann();
    by.session.impersonated_by = Some(user_id("root"));
    assert_eq!(step_up(later(by), RIGHT).await.refusal(), (403, "impersonated".into()));
}

#[actix_web::test]
async fn it_needs_a_credential_and_a_cookie_a_trusted_origin() {
    let nobody = anonymous("POST", PATH, RIGHT);
    assert_eq!(Api::of(later(ann())).send(nobody).await.refusal(), (401, "not_authenticated".into()));
    let from_elsewhere = anonymous("POST", PATH, RIGHT).insert_header(("cookie", cookie("ann")));
    let from_elsewhere = from_elsewhere.insert_header(("origin", "https://evil.example"));
    assert_eq!(Api::of(later(ann())).send(from_elsewhere).await.refusal(), (403, "csrf_origin".into()));
}

#[actix_web::test]
async fn an_address_may_try_as_often_as_it_may_sign_in() {
    let mut api = Api::of(later(ann()));
    api.options.auth_rate_limit = true;
    for _ in 0..3 {
        let answer = api.send(json("POST", PATH, r#"{"password":"wrong-password"}"#)).await;
        assert_eq!(answer.refusal(), (401, "wrong_credentials".into()));
    }
    assert_eq!(api.send(json("POST", PATH, RIGHT)).await.refusal(), (429, "rate_limited".into()));
}

/// What ann, whose session is this, is answered who deletes another user. She may not: so `permission_missing` means that she
/// authenticated recently enough.
async fn delete_another(by: SignedIn, age: TimeDelta, credential: &str) -> Answer {
    let mut identity = everybody();
    identity.clock.advance(age);
    identity.sessions.checkpoint();
    identity.users.checkpoint();
    let (by_token, by_id) = (by.clone(), by.clone());
    identity.sessions.expect_find().returning(move |_, _| Ok(Some(by_token.clone())));
    identity.sessions.expect_find_by_id().returning(move |_| Ok(Some(by_id.clone())));
    identity.users.expect_find().returning(move |_| Ok(Some(by.user.clone())));
    let request =
        request("DELETE", "/api/v1/users/bob").insert_header(("authorization", format!("Bearer {credential}")));
    Api::of(identity).send(request).await
}

const MINUTE: TimeDelta = TimeDelta::minutes(1);

#[actix_web::test]
async fn what_is_sensitive_needs_a_recent_authentication_whatever_the_credential() {
    let (recent, old) = ((403, "permission_missing"), (401, "step_up_required"));
    for (credential, age, expected) in [
        ("ann", MINUTE * 9, recent),
        ("ann", MINUTE * 10, old),
        ("jwt.ann.ours", MINUTE * 9, recent),
        ("jwt.ann.ours", MINUTE * 10, old),
        ("jwt.ann.issued-0", MINUTE * 9, recent),
        ("jwt.ann.issued-1", MINUTE * 9, old),
        ("jwt.ann.authenticated-0", MINUTE * 9, recent),
        ("jwt.ann.authenticated-1", MINUTE * 9, old),
        ("jwt.ann.signed", TimeDelta::zero(), old),
    ] {
        let answer = delete_another(ann(), age, credential).await;
        assert_eq!(answer.refusal(), (expected.0, expected.1.to_owned()), "{credential} {age}");
    }
    let stepped_up = SignedIn { session: ann().session.authenticated_again(noon() + HOUR), ..ann() };
    let answer = delete_another(stepped_up, HOUR + MINUTE, "jwt.ann.ours").await;
    assert_eq!(answer.refusal(), (403, "permission_missing".into()));
}

#[actix_web::test]
async fn a_session_that_better_auth_began_counts_from_its_beginning() {
    let begun = || {
        let mut begun = ann();
        begun.session.amr = None;
        begun
    };
    assert_eq!(delete_another(begun(), MINUTE, "ann").await.refusal().0, 403);
    assert_eq!(delete_another(begun(), MINUTE * 10, "ann").await.refusal().0, 401);
}

#[actix_web::test]
async fn who_has_a_second_factor_needs_it_for_what_is_sensitive() {
    let answer = delete_another(ann_with_second_factor(), MINUTE, "ann").await;
    assert_eq!(answer.refusal(), (401, "step_up_required".into()));
    let by = ann_with_second_factor();
    let by = SignedIn { session: by.session.by_second_factor(), ..by };
    assert_eq!(delete_another(by, MINUTE, "ann").await.refusal(), (403, "permission_missing".into()));
}

#[actix_web::test]
async fn an_administrator_who_acts_as_a_user_does_nothing_sensitive() {
    let mut by = ann();
    by.session.impersonated_by = Some(user_id("root"));
    assert_eq!(delete_another(by, MINUTE, "ann").await.refusal(), (403, "impersonated".into()));
}

#[actix_web::test]
async fn the_answer_tells_what_to_do_as_rfc_9470_says() {
    let answer = delete_another(ann(), HOUR, "ann").await;
    let detail = "authenticate again: the last time must be less than 600 seconds ago";
    assert_eq!((answer.json()["detail"].as_str(), answer.json()["max_age"].as_i64()), (Some(detail), Some(600)));
    let challenge = |detail: &str, acr: &str| {
        format!(r#"Bearer error="insufficient_user_authentication", error_description="{detail}"{acr}, max_age="600""#)
    };
    assert_eq!(answer.header("www-authenticate"), Some(challenge(detail, "").as_str()));

    let answer = delete_another(ann_with_second_factor(), MINUTE, "jwt.ann.issued-0").await;
    let detail = "sign in again where the token is from: the last time must be less than 600 seconds ago, \
        with the second factor";
    let acr =
        r#", acr_values="https://refeds.org/profile/mfa http://schemas.openid.net/pape/policies/2007/06/multi-factor""#;
    assert_eq!(answer.header("www-authenticate"), Some(challenge(detail, acr).as_str()));
}
