//! The second factor.

mod enrolment;
mod sign_in;

use actix_web::test::TestRequest;
use hexado_domain::identity::{Admission, BackupCodes, PasswordHash, Pending, Sealed, SignedIn, TwoFactor, User};
use hexado_domain::testing::MockIdentity;
use hexado_domain::testing::fixtures::{session, two_factor, user};

use super::entrance::doors;
use crate::support::{Answer, Api, ORIGIN, anonymous, cookie};

const WAITING: &str = "2fa-abcdefghijABCDEFGHIJ";
const RIGHT: &str = r#"{"code":"123456"}"#;

fn enabled(name: &str) -> User {
    User { two_factor_enabled: true, ..user(name) }
}

/// Ann has this second factor, and her sign-in waits for it. `123456` is the code of step 100, `aaaaa-bbbbb` a backup code.
fn with(found: Option<TwoFactor>) -> MockIdentity {
    let mut identity = doors();
    let sealed = |text: &str| Sealed::from_stored(text.to_owned());
    let factors = &mut identity.factors;
    factors.expect_new_secret().returning(move || Ok(sealed("secret")));
    factors.expect_uri().returning(|_, issuer, account| Ok(format!("otpauth://totp/{issuer}:{account}").into()));
    factors.expect_matching_step().returning(|_, code, _| Ok((code == "123456").then_some(100)));
    factors.expect_spend_backup_code().returning(move |_, code| Ok((code == "aaaaa-bbbbb").then(|| sealed("left"))));
    factors.expect_new_backup_codes().returning(move || {
        Ok(BackupCodes { shown: vec!["ccccc-ddddd".into(), "eeeee-fffff".into()], sealed: sealed("codes") })
    });
    identity.accounts.expect_password_of().returning(|_| Ok(Some(PasswordHash::from_stored("hash".to_owned()))));
    let (pending, store) = (found.clone(), &mut identity.two_factors);
    store.expect_find().returning(move |_| Ok(found.clone()));
    store.expect_pending().returning(move |id, _| {
        Ok((id.as_str() == WAITING).then(|| Pending { user: enabled("ann"), two_factor: pending.clone() }))
    });
    store.expect_admit().returning(|_| Ok(Admission::Granted));
    store.expect_refuse().returning(|_| Ok(()));
    store.expect_use_code().returning(|_| Ok(true));
    store.expect_confirm().returning(|_| Ok(true));
    store.expect_disable().returning(|_| Ok(true));
    store.expect_replace_backup_codes().returning(|_| Ok(true));
    store.expect_challenge().returning(|_| Ok(()));
    identity
}

fn enrolled() -> MockIdentity {
    with(Some(two_factor("ann")))
}

/// The same, and Ann is signed in.
fn in_session(found: Option<TwoFactor>, user: User) -> MockIdentity {
    let mut identity = with(found);
    identity.sessions.checkpoint();
    let by = SignedIn { user, session: session("ann").by_second_factor() };
    identity.sessions.expect_find().returning(move |token, _| Ok((token.as_str() == "ann").then(|| by.clone())));
    identity
}

/// The `Cookie` header of a signed value.
fn pair(name: &str, value: &str) -> String {
    cookie(value).replace("session_token", name)
}

fn from_page(route: &str, cookies: &str, body: &str) -> TestRequest {
    let request = anonymous("POST", &format!("/api/auth/two-factor/{route}"), body);
    request.insert_header(("cookie", cookies.to_owned())).insert_header(("origin", ORIGIN))
}

async fn signed_in_as_ann(identity: MockIdentity, route: &str, body: &str) -> Answer {
    Api::of(identity).send(from_page(route, &cookie("ann"), body)).await
}

async fn waiting(identity: MockIdentity, route: &str, body: &str) -> Answer {
    Api::of(identity).send(from_page(route, &pair("two_factor", WAITING), body)).await
}
