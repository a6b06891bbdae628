use actix_web::test::TestRequest;
use chrono::TimeDelta;
use hexado_domain::identity::{
    Admission, Candidate, ChallengeId, DeviceId, PasswordHash, Pending, Standing, TrustedDevice, TwoFactor,
};
use hexado_domain::testing::MockIdentity;
use hexado_domain::testing::fixtures::{noon, two_factor, user_id};

use super::{RIGHT, WAITING, enabled, enrolled, from_page, pair, waiting, with};
use crate::support::{Answer, Api, ORIGIN, anonymous, cookie, everybody, signed};

/// Ann has a second factor, and whether her device is trusted.
fn asked(trusts_device: bool) -> MockIdentity {
    let mut identity = enrolled();
    identity.accounts.checkpoint();
    let hash = || PasswordHash::from_stored("hash".into());
    identity
        .accounts
        .expect_candidate()
        .returning(move |_| Ok(Some(Candidate { user: enabled("ann"), hash: Some(hash()) })));
    let standing = Standing { confirmed: true, trusts_device };
    identity.two_factors.expect_standing().returning(move |_, _, _| Ok(standing));
    identity
}

fn sign_in(route: &str, cookies: Option<&str>, more: &str) -> TestRequest {
    let body = format!(r#"{{"email":"ann@example.com","password":"right-password"{more}}}"#);
    let request = anonymous("POST", &format!("/api/auth/{route}"), &body);
    match cookies {
        Some(cookies) => request.insert_header(("cookie", cookies.to_owned())).insert_header(("origin", ORIGIN)),
        None => request,
    }
}

/// The answer asks for the second factor, opens no session, and sets the cookie of a sign-in that waits.
fn asks(answer: &Answer) {
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(answer.header("set-auth-token"), None);
    let cookies = answer.cookies();
    assert!(cookies.contains(&"better-auth.session_token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"));
    let waiting = cookies.last().unwrap();
    assert!(waiting.starts_with("better-auth.two_factor=2fa-"), "{waiting}");
    assert!(waiting.ends_with("; Max-Age=600; Path=/; HttpOnly; SameSite=Lax"), "{waiting}");
}

#[actix_web::test]
async fn a_sign_in_asks_for_the_second_factor() {
    let answer = Api::of(asked(false)).send(sign_in("sign-in/email", None, "")).await;
    assert_eq!(answer.text, r#"{"twoFactorRedirect":true,"twoFactorMethods":["totp"]}"#);
    asks(&answer);
    let ours = Api::of(asked(false)).send(sign_in("login", None, "")).await;
    assert_eq!(ours.text, r#"{"two_factor_required":true,"methods":["totp"]}"#);
    asks(&ours);

    let brief = Api::of(asked(false)).send(sign_in("sign-in/email", None, r#","rememberMe":false"#)).await;
    asks(&brief);
    let lasting = format!("{}; Path=/; HttpOnly; SameSite=Lax", pair("dont_remember", "true"));
    assert_eq!(brief.cookies()[0], lasting);
}

/// What the cookie of Ann's trusted device holds.
fn device() -> String {
    let id = DeviceId::parse(&format!("trust-device-{}", "a".repeat(32))).unwrap();
    TrustedDevice::of(&id, &user_id("ann"), &everybody().signer).as_str().to_owned()
}

#[actix_web::test]
async fn a_trusted_device_is_let_in_and_gets_a_new_cookie() {
    for route in ["sign-in/email", "login"] {
        let cookies = pair("trust_device", &device());
        let answer = Api::of(asked(true)).send(sign_in(route, Some(&cookies), "")).await;
        assert!(answer.json()["token"].is_string(), "{}", answer.text);
        let renewed = &answer.cookies()[1];
        assert!(renewed.starts_with("better-auth.trust_device=") && !renewed.starts_with(&cookies), "{renewed}");
        assert!(renewed.ends_with("; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax"), "{renewed}");
    }
}

#[actix_web::test]
async fn a_device_that_is_not_trusted_is_forgotten_and_asked() {
    let altered = format!("x{}", device());
    for value in ["mark!trust-device-x", WAITING, &altered] {
        let answer = Api::of(asked(true)).send(sign_in("sign-in/email", Some(&pair("trust_device", value)), "")).await;
        asks(&answer);
        assert_eq!(answer.cookies()[0], "better-auth.trust_device=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
    }
    let unsigned = format!("better-auth.trust_device={}", device());
    asks(&Api::of(asked(true)).send(sign_in("sign-in/email", Some(&unsigned), "")).await);
}

#[actix_web::test]
async fn a_code_finishes_the_sign_in_that_waits() {
    for (route, body) in [("verify-totp", RIGHT), ("verify-backup-code", r#"{"code":"aaaaa-bbbbb"}"#)] {
        let answer = waiting(enrolled(), route, body).await;
        let token = answer.json()["token"].as_str().unwrap().to_owned();
        assert_eq!(answer.json()["user"]["twoFactorEnabled"], true);
        let expected = [
            format!("{}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax", cookie(&token)),
            "better-auth.two_factor=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax".to_owned(),
        ];
        assert_eq!(answer.cookies(), expected);
        assert_eq!(answer.header("set-auth-token"), Some(signed(&token).as_str()));
    }
}

#[actix_web::test]
async fn a_sign_in_that_shall_end_with_the_browser_still_does() {
    let cookies = format!("{}; {}", pair("two_factor", WAITING), pair("dont_remember", "true"));
    let mut identity = enrolled();
    identity.two_factors.checkpoint();
    identity
        .two_factors
        .expect_pending()
        .returning(|_, _| Ok(Some(Pending { user: enabled("ann"), two_factor: Some(two_factor("ann")) })));
    identity.two_factors.expect_admit().returning(|_| Ok(Admission::Granted));
    let brief = |end| end == noon() + TimeDelta::days(1);
    identity
        .two_factors
        .expect_use_code()
        .withf(move |used| brief(used.entry.as_ref().unwrap().session.expires_at))
        .returning(|_| Ok(true));
    let answer = Api::of(identity).send(from_page("verify-totp", &cookies, RIGHT)).await;
    assert!(!answer.cookies()[0].contains("Max-Age"), "{:?}", answer.cookies());
    assert!(answer.cookies()[1].starts_with("better-auth.dont_remember=true."));
}

#[actix_web::test]
async fn a_device_is_trusted_on_request() {
    let answer = waiting(enrolled(), "verify-totp", r#"{"code":"123456","trustDevice":true}"#).await;
    let cookies = answer.cookies();
    assert!(cookies[2].starts_with("better-auth.trust_device=") && cookies[2].contains("Max-Age=2592000"));
    assert_eq!(cookies[3], "better-auth.dont_remember=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
}

#[actix_web::test]
async fn a_backup_code_can_be_spent_without_a_session() {
    let answer = waiting(enrolled(), "verify-backup-code", r#"{"code":"aaaaa-bbbbb","disableSession":true}"#).await;
    assert_eq!(answer.json()["user"]["id"], "ann");
    assert!(answer.json().get("token").is_none() && answer.cookies().is_empty());
}

#[actix_web::test]
async fn wrong_codes_are_401() {
    let too_long = format!(r#"{{"code":"{}"}}"#, "1".repeat(10_000));
    for body in [
        r#"{"code":"12345"}"#,
        r#"{"code":"1234567"}"#,
        r#"{"code":"abcdef"}"#,
        r#"{"code":""}"#,
        r#"{"code":"１２３４５６"}"#,
        &too_long,
    ] {
        let answer = waiting(enrolled(), "verify-totp", body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, "INVALID_CODE"));
        assert!(answer.cookies().is_empty());
    }
    let wrong = waiting(enrolled(), "verify-backup-code", r#"{"code":"aaaaa-ccccc"}"#).await;
    assert_eq!((wrong.status.as_u16(), wrong.code().as_str()), (401, "INVALID_BACKUP_CODE"));
    let replayed = TwoFactor { last_step: Some(100), ..two_factor("ann") };
    let answer = waiting(with(Some(replayed)), "verify-totp", RIGHT).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, "INVALID_CODE"));
    for body in ["{}", r#"{"code":123456}"#, r#"{"code":"123456","trustDevice":"yes"}"#] {
        assert_eq!(waiting(enrolled(), "verify-totp", body).await.code(), "VALIDATION_ERROR", "{body}");
    }
}

#[actix_web::test]
async fn without_a_sign_in_that_waits_there_is_nothing_to_finish() {
    let other = ChallengeId::parse("2fa-00000000000000000000").unwrap();
    let signed_value = signed(WAITING);
    let unsigned = format!("better-auth.two_factor={WAITING}");
    let altered = format!("better-auth.two_factor={}", signed_value.replacen("2fa-a", "2fa-b", 1));
    for cookies in [
        pair("two_factor", other.as_str()),
        pair("two_factor", "ann"),
        pair("two_factor", "true"),
        pair("trust_device", WAITING),
        "better-auth.two_factor=".to_owned(),
        unsigned,
        altered,
    ] {
        for route in ["verify-totp", "verify-backup-code", "verify-otp"] {
            let answer = Api::of(enrolled()).send(from_page(route, &cookies, RIGHT)).await;
            let expected = (401, "INVALID_TWO_FACTOR_COOKIE");
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), expected, "{route} {cookies}");
        }
    }
    let nothing = Api::of(enrolled()).send(anonymous("POST", "/api/auth/two-factor/verify-totp", RIGHT)).await;
    assert_eq!(nothing.text, r#"{"message":"Invalid two factor cookie","code":"INVALID_TWO_FACTOR_COOKIE"}"#);
}

#[actix_web::test]
async fn too_many_codes_end_the_sign_in_or_lock_the_second_factor() {
    for (admission, status, code, cookies) in [
        (Admission::ChallengeSpent, 400, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE", 1),
        (Admission::Locked, 429, "ACCOUNT_TEMPORARILY_LOCKED", 0),
    ] {
        let mut identity = enrolled();
        identity.two_factors.checkpoint();
        identity
            .two_factors
            .expect_pending()
            .returning(|_, _| Ok(Some(Pending { user: enabled("ann"), two_factor: Some(two_factor("ann")) })));
        identity.two_factors.expect_admit().returning(move |_| Ok(admission));
        let answer = waiting(identity, "verify-totp", RIGHT).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code));
        assert_eq!(answer.cookies().len(), cookies);
    }
}

#[actix_web::test]
async fn one_address_tries_three_codes_in_ten_seconds() {
    let mut api = Api::of(enrolled());
    api.options.auth_rate_limit = true;
    for expected in [401, 401, 401, 429] {
        let answer = api.send(from_page("verify-totp", &pair("two_factor", WAITING), r#"{"code":"0"}"#)).await;
        assert_eq!(answer.status.as_u16(), expected);
    }
}

#[actix_web::test]
async fn no_foreign_page_gives_codes() {
    let foreign = anonymous("POST", "/api/auth/two-factor/verify-totp", RIGHT)
        .insert_header(("cookie", pair("two_factor", WAITING)))
        .insert_header(("origin", "https://evil.example"));
    assert_eq!(Api::of(enrolled()).send(foreign).await.code(), "INVALID_ORIGIN");
}
