use hexado_domain::identity::{SignedIn, TwoFactor};
use hexado_domain::testing::fixtures::{signed_in, two_factor, user};
use serde_json::json;

use super::{RIGHT, enabled, from_page, in_session, pair, signed_in_as_ann};
use crate::support::{Api, anonymous, cookie, everybody, signed};

const PASSWORD: &str = r#"{"password":"right-password"}"#;

#[actix_web::test]
async fn preparing_shows_what_the_app_scans_and_the_backup_codes() {
    let mut identity = in_session(None, user("ann"));
    identity.two_factors.expect_enrol().returning(|_| Ok(true));
    let body = r#"{"password":"right-password","issuer":"My App"}"#;
    let answer = signed_in_as_ann(identity, "enable", body).await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(
        answer.text,
        r#"{"method":"totp","totpURI":"otpauth://totp/My App:ann@example.com","backupCodes":["ccccc-ddddd","eeeee-fffff"]}"#
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));

    let mut identity = in_session(None, enabled("ann"));
    identity.two_factors.expect_enrol().returning(|_| Ok(false));
    let again = signed_in_as_ann(identity, "enable", PASSWORD).await;
    assert_eq!(again.text, r#"{"message":"TOTP is already enabled","code":"TOTP_ALREADY_ENABLED"}"#);
}

#[actix_web::test]
async fn preparing_refuses_what_it_cannot_do() {
    for (body, status, code) in [
        (r#"{"password":"wrong-password"}"#, 400, "INVALID_PASSWORD"),
        (r#"{"password":""}"#, 400, "INVALID_PASSWORD"),
        (r#"{"password":"right-password","method":"otp"}"#, 400, "OTP_NOT_CONFIGURED"),
        (r#"{"password":"wrong-password","method":"otp"}"#, 400, "INVALID_PASSWORD"),
        (r#"{"password":"right-password","issuer":"\u0000"}"#, 400, "VALIDATION_ERROR"),
        ("{}", 400, "VALIDATION_ERROR"),
    ] {
        let answer = signed_in_as_ann(in_session(None, user("ann")), "enable", body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{body}");
    }
    let answer = signed_in_as_ann(in_session(None, user("ann")), "enable", r#"{"password":1,"method":"sms"}"#).await;
    assert_eq!(
        answer.json()["message"],
        "[body.password] Invalid input: expected string, received number; \
         [body.method] Invalid option: expected one of \"otp\"|\"totp\""
    );
}

#[actix_web::test]
async fn what_needs_a_session_is_401_without_one() {
    for route in ["enable", "disable", "get-totp-uri", "generate-backup-codes"] {
        let answer =
            Api::of(everybody()).send(anonymous("POST", &format!("/api/auth/two-factor/{route}"), PASSWORD)).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (401, "UNAUTHORIZED"), "{route}");
    }
}

#[actix_web::test]
async fn the_first_code_replaces_the_session_and_answers_with_the_new_one() {
    let prepared = TwoFactor { confirmed: false, ..two_factor("ann") };
    let answer = signed_in_as_ann(in_session(Some(prepared), user("ann")), "verify-totp", RIGHT).await;
    assert_eq!(answer.status.as_u16(), 200);
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    assert_ne!(token, "ann");
    assert_eq!(answer.json()["user"]["twoFactorEnabled"], true);
    assert_eq!(answer.cookies(), [format!("{}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax", cookie(&token))]);
    assert_eq!(answer.header("set-auth-token"), Some(signed(&token).as_str()));
}

#[actix_web::test]
async fn a_code_in_a_session_that_is_proven_changes_no_cookie() {
    for (route, body) in [("verify-totp", RIGHT), ("verify-backup-code", r#"{"code":"aaaaa-bbbbb"}"#)] {
        let answer = signed_in_as_ann(in_session(Some(two_factor("ann")), enabled("ann")), route, body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["token"]), (200, &json!("ann")));
        assert!(answer.cookies().is_empty());
    }
}

#[actix_web::test]
async fn who_has_no_second_factor_is_told_so() {
    for (route, body, code) in [
        ("verify-totp", RIGHT, "TOTP_NOT_ENABLED"),
        ("verify-backup-code", r#"{"code":"aaaaa-bbbbb"}"#, "BACKUP_CODES_NOT_ENABLED"),
        ("get-totp-uri", PASSWORD, "TOTP_NOT_ENABLED"),
        ("generate-backup-codes", PASSWORD, "TWO_FACTOR_NOT_ENABLED"),
        ("send-otp", "{}", "OTP_NOT_CONFIGURED"),
        ("verify-otp", RIGHT, "OTP_HAS_EXPIRED"),
    ] {
        let answer = signed_in_as_ann(in_session(None, user("ann")), route, body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, code), "{route}");
    }
}

#[actix_web::test]
async fn the_uri_and_new_backup_codes_are_shown_by_the_password() {
    let ann = || in_session(Some(two_factor("ann")), enabled("ann"));
    let answer = signed_in_as_ann(ann(), "get-totp-uri", PASSWORD).await;
    assert_eq!(answer.text, r#"{"totpURI":"otpauth://totp/Hexado:ann@example.com"}"#);
    let answer = signed_in_as_ann(ann(), "generate-backup-codes", PASSWORD).await;
    assert_eq!(answer.text, r#"{"status":true,"backupCodes":["ccccc-ddddd","eeeee-fffff"]}"#);
    for route in ["get-totp-uri", "generate-backup-codes", "disable"] {
        let wrong = signed_in_as_ann(ann(), route, r#"{"password":"wrong-password"}"#).await;
        assert_eq!((wrong.status.as_u16(), wrong.code().as_str()), (400, "INVALID_PASSWORD"), "{route}");
    }
}

#[actix_web::test]
async fn a_session_without_the_second_factor_takes_none_away() {
    let mut identity = in_session(Some(two_factor("ann")), enabled("ann"));
    identity.sessions.checkpoint();
    let by = SignedIn { user: enabled("ann"), ..signed_in("ann") };
    identity.sessions.expect_find().returning(move |_, _| Ok(Some(by.clone())));
    let answer = signed_in_as_ann(identity, "disable", PASSWORD).await;
    assert_eq!(answer.status.as_u16(), 403);
    assert_eq!(answer.text, r#"{"message":"Session is not fresh","code":"SESSION_NOT_FRESH"}"#);
}

#[actix_web::test]
async fn disabling_replaces_the_session_and_forgets_the_device() {
    let ann = || in_session(Some(two_factor("ann")), enabled("ann"));
    let answer = signed_in_as_ann(ann(), "disable", PASSWORD).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, r#"{"status":true}"#));
    assert_eq!(answer.cookies().len(), 1);
    assert!(!answer.cookies()[0].starts_with(&cookie("ann")), "{:?}", answer.cookies());

    let cookies = format!("{}; {}", cookie("ann"), pair("trust_device", "mark!trust-device-x"));
    let answer = Api::of(ann()).send(from_page("disable", &cookies, PASSWORD)).await;
    assert_eq!(answer.cookies()[1], "better-auth.trust_device=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
}
