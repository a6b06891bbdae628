use chrono::TimeDelta;
use hexado_domain::identity::users::Deleted;
use hexado_domain::identity::{Account, CREDENTIAL, IdentityPolicy, PasswordHash, SessionsAfter, Unlinked};
use hexado_domain::patch::Patch;
use hexado_domain::task::MockTaskStore;
use hexado_domain::testing::fixtures::{noon, user, user_id};
use hexado_domain::testing::{MockIdentity, identity_policy};

use super::entrance::doors;
use crate::support::{Answer, Api, cookie, everybody, json, request};

async fn post(identity: MockIdentity, route: &str, body: &str) -> Answer {
    Api::of(identity).send(json("POST", &format!("/api/auth/{route}"), body)).await
}

/// Ann has the password `right-password`.
fn with_password() -> MockIdentity {
    let mut identity = doors();
    identity.accounts.expect_password_of().returning(|_| Ok(Some(PasswordHash::from_stored("hash".into()))));
    identity
}

const WRONG: &str = r#"{"message":"Invalid password","code":"INVALID_PASSWORD"}"#;

#[actix_web::test]
async fn name_and_picture_are_changed_and_the_cookie_is_sent_again() {
    let mut identity = everybody();
    let expected = |change: &hexado_domain::identity::UserChange| {
        change.name.as_deref() == Some("Ann B") && change.image == Patch::Clear && change.email.is_none()
    };
    identity.users.expect_update().withf(expected).once().returning(|_| Ok(Some(user("ann"))));
    let answer = post(identity, "update-user", r#"{"name":"Ann B","image":null}"#).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, r#"{"status":true}"#));
    assert_eq!(answer.cookies(), [format!("{}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax", cookie("ann"))]);
    assert!(answer.header("set-auth-token").is_some());
}

#[actix_web::test]
async fn what_a_user_may_not_change_is_400() {
    let cases = [
        ("{}", r#"{"message":"No fields to update"}"#),
        (r#"{"email":"x@y.zz"}"#, r#"{"message":"Email can not be updated","code":"EMAIL_CAN_NOT_BE_UPDATED"}"#),
        (r#"{"role":"admin"}"#, r#"{"message":"role is not allowed to be set","code":"FIELD_NOT_ALLOWED"}"#),
        (r#"{"banned":true}"#, r#"{"message":"banned is not allowed to be set","code":"FIELD_NOT_ALLOWED"}"#),
        (r#"{"emailVerified":true}"#, r#"{"message":"No fields to update"}"#),
    ];
    for (body, expected) in cases {
        let answer = post(everybody(), "update-user", body).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (400, expected), "{body}");
    }
    let long = format!(r#"{{"name":"{}"}}"#, "x".repeat(101));
    assert_eq!(post(everybody(), "update-user", &long).await.refusal(), (400, "VALIDATION_ERROR".into()));
    assert_eq!(post(everybody(), "update-session", r#"{"foo":1}"#).await.text, r#"{"message":"No fields to update"}"#);
}

#[actix_web::test]
async fn a_password_is_changed_by_the_present_one() {
    for end_sessions in [false, true] {
        let mut identity = with_password();
        let expected = move |change: &hexado_domain::identity::PasswordChange| {
            matches!(change.sessions, SessionsAfter::OnlyThis(_)) == end_sessions
        };
        identity.accounts.expect_set_password().withf(expected).once().returning(|_| Ok(true));
        let body = format!(
            r#"{{"currentPassword":"right-password","newPassword":"password-2","revokeOtherSessions":{end_sessions}}}"#
        );
        let answer = post(identity, "change-password", &body).await;
        assert_eq!((answer.status.as_u16(), answer.json()["token"].is_string()), (200, end_sessions));
        assert_eq!(
            (answer.json()["user"]["id"].as_str(), answer.cookies().len()),
            (Some("ann"), usize::from(end_sessions))
        );
    }
}

#[actix_web::test]
async fn a_password_is_not_changed_without_the_present_one_or_to_a_bad_one() {
    let change = async |current: &str, new: &str| {
        let body = format!(r#"{{"currentPassword":"{current}","newPassword":"{new}"}}"#);
        post(with_password(), "change-password", &body).await
    };
    assert_eq!(change("nope-nope", "password-2").await.text, WRONG);
    assert_eq!(change(&"x".repeat(129), "password-2").await.refusal(), (400, "PASSWORD_TOO_LONG".into()));
    assert_eq!(change("right-password", "short").await.refusal(), (400, "PASSWORD_TOO_SHORT".into()));
    let mut without = everybody();
    without.accounts.expect_password_of().returning(|_| Ok(None));
    let body = r#"{"currentPassword":"right-password","newPassword":"password-2"}"#;
    assert_eq!(post(without, "change-password", body).await.refusal(), (400, "CREDENTIAL_ACCOUNT_NOT_FOUND".into()));
}

#[actix_web::test]
async fn a_password_is_checked() {
    let right = post(with_password(), "verify-password", r#"{"password":"right-password"}"#).await;
    assert_eq!(right.text, r#"{"status":true}"#);
    let wrong = post(with_password(), "verify-password", r#"{"password":"nope-nope"}"#).await;
    assert_eq!((wrong.status.as_u16(), wrong.text.as_str()), (400, WRONG));
}

#[actix_web::test]
async fn an_account_is_deleted_by_the_password() {
    let mut identity = with_password();
    identity.users.expect_delete().withf(|deletion| deletion.spends.is_none()).once().returning(|_| Ok(Deleted::Done));
    let answer = post(identity, "delete-user", r#"{"password":"right-password"}"#).await;
    assert_eq!(answer.text, r#"{"success":true,"message":"User deleted"}"#);
    assert!(answer.takes_cookies_back());
    let wrong = post(with_password(), "delete-user", r#"{"password":"nope-nope"}"#).await;
    assert_eq!((wrong.status.as_u16(), wrong.text.as_str()), (400, WRONG));
}

#[actix_web::test]
async fn an_account_is_deleted_by_a_mailed_token() {
    let deleting = |done: Deleted| {
        let mut identity = everybody();
        identity.users.expect_delete().withf(|deletion| deletion.spends.is_some()).once().returning(move |_| Ok(done));
        Api::of(identity)
    };
    let answer = deleting(Deleted::Done).send(json("POST", "/api/auth/delete-user", r#"{"token":"abc"}"#)).await;
    assert_eq!(answer.text, r#"{"success":true,"message":"User deleted"}"#);
    let answer = deleting(Deleted::NotVerified).send(json("POST", "/api/auth/delete-user", r#"{"token":"abc"}"#)).await;
    assert_eq!(answer.refusal(), (404, "INVALID_TOKEN".into()));

    let link = "/api/auth/delete-user/callback?token=abc";
    let answer = deleting(Deleted::Done).send(request("GET", link)).await;
    assert_eq!((answer.status.as_u16(), answer.takes_cookies_back()), (200, true));
    let answer = deleting(Deleted::Done).send(request("GET", &format!("{link}&callbackURL=%2Fbye"))).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (302, Some("/bye")));
    let stranger = actix_web::test::TestRequest::get().uri(link);
    assert_eq!(Api::untouched().send(stranger).await.refusal(), (404, "FAILED_TO_GET_USER_INFO".into()));
}

#[actix_web::test]
async fn without_a_password_a_session_that_is_not_recent_is_mailed_a_link_that_deletes_the_account() {
    let mut identity = everybody();
    identity.clock.advance(TimeDelta::minutes(10));
    identity.verifications.expect_put().once().returning(|_| Ok(()));
    let answer = post(identity, "delete-user", "{}").await;
    assert_eq!(answer.text, r#"{"success":true,"message":"Verification email sent"}"#);
    assert!(!answer.takes_cookies_back());
}

#[actix_web::test]
async fn without_mail_a_session_that_is_not_recent_deletes_no_account_without_the_password() {
    for (age, status, code) in
        [(TimeDelta::minutes(10), 403, "SESSION_NOT_FRESH"), (TimeDelta::days(1), 400, "SESSION_EXPIRED")]
    {
        let mut identity = everybody();
        identity.clock.advance(age);
        identity.sessions.expect_extend().returning(|_| Ok(true));
        let policy = IdentityPolicy { mail: false, ..identity_policy() };
        let api = Api::under(policy, MockTaskStore::new(), identity);
        let answer = api.send(json("POST", "/api/auth/delete-user", "{}")).await;
        assert_eq!(answer.refusal(), (status, code.into()));
    }
}

#[actix_web::test]
async fn accounts_are_listed_without_secrets() {
    let mut identity = everybody();
    identity.accounts.expect_list().returning(|id| {
        Ok(vec![Account {
            id: "a1".into(),
            account_id: "ann".into(),
            provider_id: CREDENTIAL.into(),
            user_id: id.clone(),
            scope: Some("openid, email".into()),
            created_at: noon(),
            updated_at: noon(),
        }])
    });
    let answer = Api::of(identity).send(request("GET", "/api/auth/list-accounts")).await;
    assert_eq!(
        answer.text,
        r#"[{"accountId":"ann","providerId":"credential","userId":"ann","createdAt":"2026-11-21T12:00:00.000Z","updatedAt":"2026-11-21T12:00:00.000Z","id":"a1","scopes":["openid","email"]}]"#
    );
}

#[actix_web::test]
async fn an_account_is_unlinked_unless_it_is_the_last() {
    let cases = [
        (Unlinked::Done, 200, r#"{"status":true}"#),
        (Unlinked::NotFound, 400, r#"{"message":"Account not found","code":"ACCOUNT_NOT_FOUND"}"#),
        (
            Unlinked::Last,
            400,
            r#"{"message":"You can't unlink your last account","code":"FAILED_TO_UNLINK_LAST_ACCOUNT"}"#,
        ),
    ];
    for (outcome, status, text) in cases {
        let mut identity = everybody();
        let expected = |unlinking: &hexado_domain::identity::Unlinking| {
            unlinking.user_id == user_id("ann") && unlinking.account_id == "a1"
        };
        identity.accounts.expect_unlink().withf(expected).returning(move |_| Ok(outcome));
        let answer = post(identity, "unlink-account", r#"{"accountId":"a1"}"#).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (status, text));
    }
}
