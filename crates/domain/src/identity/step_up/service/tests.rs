use chrono::TimeDelta;

use super::*;
use crate::error::Fault;
use crate::identity::password::{PasswordHash, Verdict};
use crate::identity::two_factor::{AcceptedCode, Admission, TwoFactor};
use crate::testing::fixtures::{noon, signed_in, two_factor, user_id};
use crate::testing::{MockIdentity, identity_policy, no_blocks};

const LATE: TimeDelta = TimeDelta::hours(1);

fn service(identity: MockIdentity) -> StepUpService {
    identity.clock.advance(LATE);
    let (ports, policy) = (identity.ports(), Arc::new(identity_policy()));
    let two_factor = Arc::new(TwoFactorService::new(ports.clone(), Arc::clone(&policy), no_blocks()));
    StepUpService::new(ports, policy, two_factor, no_blocks())
}

/// Ann has a password, and this is what comparing it tells.
fn comparing(verdict: Verdict) -> MockIdentity {
    let mut identity = MockIdentity::default();
    let stored = || PasswordHash::from_stored("stored".to_owned());
    identity.accounts.expect_password_of().returning(move |_| Ok(Some(stored())));
    identity.passwords.expect_verify().returning(move |_, _| Ok(verdict));
    identity
}

/// The same, and she has a second factor: the code of step 100 is `123456`.
fn enrolled(verdict: Verdict) -> MockIdentity {
    let mut identity = comparing(verdict);
    identity.two_factors.expect_find().returning(|_| Ok(Some(two_factor("ann"))));
    identity.two_factors.expect_admit().returning(|_| Ok(Admission::Granted));
    identity.two_factors.expect_refuse().returning(|_| Ok(()));
    identity.factors.expect_matching_step().returning(|_, code, _| Ok((code == "123456").then_some(100)));
    identity.factors.expect_spend_backup_code().returning(|_, _| Ok(None));
    identity
}

fn with_second_factor(by: SignedIn) -> SignedIn {
    let mut by = by;
    by.user.two_factor_enabled = true;
    by
}

fn impersonated() -> SignedIn {
    let mut by = signed_in("ann");
    by.session.impersonated_by = Some(user_id("root"));
    by
}

async fn authenticate(identity: MockIdentity, by: SignedIn, code: Option<&str>) -> Result<Session, &'static str> {
    let password = Password::parse("correct horse").unwrap();
    let result = service(identity).authenticate(&Visitor::default(), &by, &password, code).await;
    result.map_err(|error| error.code())
}

async fn require(identity: MockIdentity, by: &SignedIn, password: Option<&str>) -> Result<(), &'static str> {
    let password = password.map(|text| Password::parse(text).unwrap());
    let result = service(identity).require(&Visitor::default(), by, password.as_ref()).await;
    result.map_err(|error| error.code())
}

#[tokio::test]
async fn by_the_password_a_session_counts_from_now_on() {
    for verdict in [Verdict::Right, Verdict::RightButOld] {
        let mut identity = comparing(verdict);
        let recorded = |again: &Reauthentication| again.event.action == Action::AuthenticatedAgain;
        identity.sessions.expect_authenticate_again().withf(recorded).once().returning(|_| Ok(true));
        let session = authenticate(identity, signed_in("ann"), None).await.unwrap();
        let expected = Session { authenticated_at: Some(noon() + LATE), ..signed_in("ann").session };
        assert_eq!(session, expected);
    }
}

#[tokio::test]
async fn a_wrong_password_proves_nothing() {
    assert_eq!(authenticate(comparing(Verdict::Wrong), signed_in("ann"), None).await, Err("wrong_credentials"));
    let by = with_second_factor(signed_in("ann"));
    assert_eq!(authenticate(enrolled(Verdict::Wrong), by, Some("123456")).await, Err("wrong_credentials"));
}

#[tokio::test]
async fn who_has_no_password_cannot_authenticate_again() {
    let mut identity = MockIdentity::default();
    identity.accounts.expect_password_of().returning(|_| Ok(None));
    assert_eq!(authenticate(identity, signed_in("ann"), None).await, Err("step_up_unavailable"));
}

#[tokio::test]
async fn a_session_that_ended_meanwhile_is_not_brought_back() {
    let mut identity = comparing(Verdict::Right);
    identity.sessions.expect_authenticate_again().returning(|_| Ok(false));
    assert_eq!(authenticate(identity, signed_in("ann"), None).await, Err("session_expired"));
}

#[tokio::test]
async fn who_has_a_second_factor_gives_a_code_too_which_is_spent_with_it() {
    let by = || with_second_factor(signed_in("ann"));
    assert_eq!(authenticate(comparing(Verdict::Right), by(), None).await, Err("code_missing"));
    assert_eq!(authenticate(enrolled(Verdict::Right), by(), Some("654321")).await, Err("wrong_code"));
    assert_eq!(authenticate(enrolled(Verdict::Right), by(), Some("aaaaa-bbbbb")).await, Err("wrong_backup_code"));

    let mut identity = enrolled(Verdict::Right);
    let expected =
        Session { authenticated_at: Some(noon() + LATE), amr: Some("pwd otp".to_owned()), ..signed_in("ann").session };
    let stored = expected.clone();
    identity
        .two_factors
        .expect_use_code()
        .withf(move |used| {
            used.code == AcceptedCode::Totp(100)
                && used.entry.is_none()
                && used.session.as_ref() == Some(&stored)
                && used.event.action == Action::AuthenticatedAgain
        })
        .once()
        .returning(|_| Ok(true));
    assert_eq!(authenticate(identity, by(), Some("123456")).await, Ok(expected));
}

#[tokio::test]
async fn a_second_factor_that_is_gone_or_was_never_confirmed_is_told_so() {
    for found in [None, Some(TwoFactor { confirmed: false, ..two_factor("ann") })] {
        let mut identity = comparing(Verdict::Right);
        identity.two_factors.expect_find().returning(move |_| Ok(found.clone()));
        let by = with_second_factor(signed_in("ann"));
        assert_eq!(authenticate(identity, by, Some("123456")).await, Err("two_factor_not_enabled"));
    }
}

#[tokio::test]
async fn an_administrator_who_acts_as_a_user_cannot_authenticate_as_them() {
    assert_eq!(authenticate(MockIdentity::default(), impersonated(), None).await, Err("impersonated"));
    for password in [None, Some("correct horse")] {
        assert_eq!(require(MockIdentity::default(), &impersonated(), password).await, Err("impersonated"));
    }
}

#[tokio::test]
async fn something_sensitive_needs_a_recent_authentication_or_the_password() {
    let (old, mut recent) = (signed_in("ann"), signed_in("ann"));
    recent.session = recent.session.authenticated_again(noon() + LATE - TimeDelta::minutes(1));
    assert_eq!(require(MockIdentity::default(), &old, None).await, Err("step_up_required"));
    assert_eq!(require(MockIdentity::default(), &recent, None).await, Ok(()));
    for by in [&old, &recent] {
        assert_eq!(require(comparing(Verdict::Right), by, Some("correct horse")).await, Ok(()));
        assert_eq!(require(comparing(Verdict::Wrong), by, Some("wrong")).await, Err("wrong_password"));
    }
}

#[tokio::test]
async fn a_password_replaces_no_second_factor_but_one_that_the_session_has_had_counts() {
    let by = with_second_factor(signed_in("ann"));
    assert_eq!(require(MockIdentity::default(), &by, Some("correct horse")).await, Err("step_up_required"));
    let by = SignedIn { session: by.session.by_second_factor(), ..by };
    assert_eq!(require(MockIdentity::default(), &by, None).await, Err("step_up_required"));
    assert_eq!(require(comparing(Verdict::Right), &by, Some("correct horse")).await, Ok(()));
}
