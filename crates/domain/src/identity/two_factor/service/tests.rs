use chrono::TimeDelta;

use super::*;
use crate::block::MockBlockStore;
use crate::error::Fault;
use crate::identity::User;
use crate::identity::password::{PasswordHash, Verdict};
use crate::identity::two_factor::{AcceptedCode, Admission, BackupCodes, ChallengeId, Pending, Sealed, TwoFactor, Use};
use crate::limit::{MockRateLimiter, Quota, Standing};
use crate::testing::FixedClock;
use crate::testing::fixtures::{noon, session, signed_in, two_factor, user, user_id};
use crate::testing::{MockIdentity, identity_policy, no_blocks};

fn service(identity: MockIdentity) -> TwoFactorService {
    TwoFactorService::new(identity.ports(), Arc::new(identity_policy()), no_blocks())
}

fn visitor() -> Visitor {
    Visitor::default()
}

fn password() -> Password {
    Password::parse("correct horse").unwrap()
}

fn sealed(text: &str) -> Sealed {
    Sealed::from_stored(text.to_owned())
}

fn challenge() -> ChallengeId {
    ChallengeId::parse("2fa-abcdefghijABCDEFGHIJ").unwrap()
}

fn enabled() -> User {
    User { two_factor_enabled: true, ..user("ann") }
}

fn code<T>(result: Result<T, IdentityError>) -> Result<T, &'static str> {
    result.map_err(|error| error.code())
}

/// The password is right. The code of step 100 is `123456`, and `aaaaa-bbbbb` is a backup code.
fn identity(verdict: Verdict) -> MockIdentity {
    let mut identity = MockIdentity::default();
    let hash = || PasswordHash::from_stored("stored".to_owned());
    identity.accounts.expect_password_of().returning(move |_| Ok(Some(hash())));
    identity.passwords.expect_verify().returning(move |_, _| Ok(verdict));
    identity.callers.expect_forget().returning(|_| ());
    identity.signer.expect_sign().returning(|value| format!("{value}.signature="));
    identity.two_factors.expect_refuse().returning(|_| Ok(()));
    let factors = &mut identity.factors;
    factors.expect_matching_step().returning(|_, code, _| Ok((code == "123456").then_some(100)));
    factors.expect_spend_backup_code().returning(|_, code| Ok((code == "aaaaa-bbbbb").then(|| sealed("left"))));
    factors.expect_new_secret().returning(|| Ok(sealed("secret")));
    let shown = || vec!["ccccc-ddddd".into()];
    factors.expect_new_backup_codes().returning(move || Ok(BackupCodes { shown: shown(), sealed: sealed("codes") }));
    factors
        .expect_uri()
        .returning(|secret, issuer, account| Ok(format!("{issuer}:{account}?{}", secret.as_str()).into()));
    identity
}

/// Ann's sign-in waits, her second factor is this one, and trying a code is answered so.
fn waiting(found: Option<TwoFactor>, admission: Admission) -> MockIdentity {
    let mut identity = identity(Verdict::Right);
    let pending = Pending { user: enabled(), two_factor: found };
    identity.two_factors.expect_pending().returning(move |_, _| Ok(Some(pending.clone())));
    identity.two_factors.expect_admit().returning(move |_| Ok(admission));
    identity
}

async fn pass(identity: MockIdentity, proof: Proof<'_>) -> Result<Passed, &'static str> {
    code(service(identity).pass(&visitor(), &challenge(), proof, true, false).await)
}

#[tokio::test]
async fn preparing_stores_what_it_shows_and_enables_nothing() {
    for (issuer, name) in [(None, "Hexado"), (Some("My App"), "My App")] {
        let mut identity = identity(Verdict::Right);
        identity
            .two_factors
            .expect_enrol()
            .withf(|made| made.secret == sealed("secret") && made.backup_codes == sealed("codes"))
            .once()
            .returning(|_| Ok(true));
        let prepared = service(identity).prepare(&visitor(), &signed_in("ann"), &password(), issuer).await.unwrap();
        let uri = secrecy::ExposeSecret::expose_secret(&prepared.uri).to_owned();
        assert_eq!(uri, format!("{name}:ann@example.com?secret"));
        assert_eq!(prepared.backup_codes.len(), 1);
    }
}

#[tokio::test]
async fn a_confirmed_second_factor_is_not_prepared_again() {
    let mut identity = identity(Verdict::Right);
    identity.two_factors.expect_enrol().returning(|_| Ok(false));
    let by = SignedIn { user: enabled(), ..signed_in("ann") };
    let refused = service(identity).prepare(&visitor(), &by, &password(), None).await;
    assert_eq!(code(refused).map(drop), Err("totp_already_enabled"));
}

#[tokio::test]
async fn whatever_shows_or_ends_a_second_factor_needs_the_password() {
    let mut identity = identity(Verdict::Wrong);
    identity.two_factors.expect_find().returning(|_| Ok(Some(two_factor("ann"))));
    let (service, visitor) = (service(identity), visitor());
    let by = SignedIn { user: enabled(), session: session("ann").by_second_factor() };
    let wrong = Err("wrong_password");
    assert_eq!(code(service.prepare(&visitor, &by, &password(), None).await).map(drop), wrong);
    assert_eq!(code(service.uri(&by, &password()).await).map(drop), wrong);
    assert_eq!(code(service.replace_backup_codes(&visitor, &by, &password()).await).map(drop), wrong);
    assert_eq!(code(service.disable(&visitor, &by, &password(), true).await).map(drop), wrong);
}

#[tokio::test]
async fn the_first_code_confirms_and_begins_another_session() {
    let mut identity = identity(Verdict::Right);
    let prepared = TwoFactor { confirmed: false, ..two_factor("ann") };
    identity.two_factors.expect_find().returning(move |_| Ok(Some(prepared.clone())));
    identity
        .two_factors
        .expect_confirm()
        .withf(|made| made.step == 100 && made.ends == signed_in("ann").session.id && made.begins.id != made.ends)
        .once()
        .returning(|_| Ok(true));
    let by = signed_in("ann");
    let verified = service(identity).verify(&visitor(), &by, Proof::Totp("123456"), true).await.unwrap();
    assert!(verified.confirmed && verified.signed_in.user.two_factor_enabled);
    assert_ne!(verified.signed_in.session.token, by.session.token);
    assert_eq!(verified.signed_in.session.amr.as_deref(), Some("pwd otp"));
}

#[tokio::test]
async fn an_administrator_who_acts_as_the_user_does_nothing_with_their_second_factor() {
    let (service, visitor) = (service(MockIdentity::default()), visitor());
    let by = impersonated();
    let refused = Err("impersonated");
    assert_eq!(code(service.prepare(&visitor, &by, &password(), None).await).map(drop), refused);
    assert_eq!(code(service.uri(&by, &password()).await).map(drop), refused);
    assert_eq!(code(service.replace_backup_codes(&visitor, &by, &password()).await).map(drop), refused);
    assert_eq!(code(service.disable(&visitor, &by, &password(), true).await).map(drop), refused);
    assert_eq!(code(service.verify(&visitor, &by, Proof::Totp("123456"), true).await).map(drop), refused);
}

fn impersonated() -> SignedIn {
    SignedIn { session: session("ann").impersonated_in(&session("root")), user: enabled() }
}

#[tokio::test]
async fn a_second_factor_goes_by_the_password_in_a_session_by_second_factor_and_not_by_an_administrator() {
    let by = |session: Session| SignedIn { session, user: enabled() };
    let mut right = identity(Verdict::Right);
    right.two_factors.expect_disable().once().returning(|_| Ok(true));
    let proven = by(signed_in("ann").session.by_second_factor());
    let begun = service(right).disable(&visitor(), &proven, &password(), true).await.unwrap();
    assert_eq!(begun.amr.as_deref(), Some("pwd"));
    for (by, expected) in
        [(by(signed_in("ann").session), "step_up_required"), (by(impersonated().session), "impersonated")]
    {
        let refused = service(identity(Verdict::Right)).disable(&visitor(), &by, &password(), true).await;
        assert_eq!(code(refused), Err(expected));
    }
}

#[tokio::test]
async fn a_wrong_first_code_confirms_nothing() {
    let mut identity = identity(Verdict::Right);
    let prepared = TwoFactor { confirmed: false, ..two_factor("ann") };
    identity.two_factors.expect_find().returning(move |_| Ok(Some(prepared.clone())));
    let by = signed_in("ann");
    let refused = service(identity).verify(&visitor(), &by, Proof::Totp("654321"), true).await;
    assert_eq!(code(refused), Err("wrong_code"));
}

#[tokio::test]
async fn who_has_no_second_factor_cannot_prove_it() {
    for (proof, expected) in
        [(Proof::Totp("123456"), "totp_not_enabled"), (Proof::BackupCode("aaaaa-bbbbb"), "backup_codes_not_enabled")]
    {
        let mut signed = identity(Verdict::Right);
        signed.two_factors.expect_find().returning(|_| Ok(None));
        let refused = service(signed).verify(&visitor(), &signed_in("ann"), proof, true).await;
        assert_eq!(code(refused).map(drop), Err(expected));
        assert_eq!(pass(waiting(None, Admission::Granted), proof).await.map(drop), Err(expected));
        let prepared = TwoFactor { confirmed: false, ..two_factor("ann") };
        assert_eq!(pass(waiting(Some(prepared), Admission::Granted), proof).await.map(drop), Err(expected));
    }
}

#[tokio::test]
async fn a_right_code_opens_the_session_that_waits() {
    for (proof, accepted) in [
        (Proof::Totp("123456"), AcceptedCode::Totp(100)),
        (Proof::BackupCode("aaaaa-bbbbb"), AcceptedCode::Backup(sealed("left"))),
    ] {
        let mut identity = waiting(Some(two_factor("ann")), Admission::Granted);
        identity
            .two_factors
            .expect_use_code()
            .withf(move |used| used.code == accepted && used.entry.as_ref().unwrap().challenge == challenge())
            .once()
            .returning(|_| Ok(true));
        let passed = pass(identity, proof).await.unwrap();
        assert_eq!(passed.signed_in.session.expires_at, noon() + TimeDelta::days(7));
        assert_eq!(passed.signed_in.session.amr.as_deref(), Some("pwd otp"));
        assert_eq!(passed.device, None);
    }
}

#[tokio::test]
async fn a_device_is_trusted_for_thirty_days_if_that_is_wished() {
    let mut identity = waiting(Some(two_factor("ann")), Admission::Granted);
    let until = noon() + TimeDelta::days(30);
    identity
        .two_factors
        .expect_use_code()
        .withf(move |used| used.entry.as_ref().unwrap().device.as_ref().unwrap().trusted_until == until)
        .once()
        .returning(|_| Ok(true));
    let passed = service(identity).pass(&visitor(), &challenge(), Proof::Totp("123456"), false, true).await.unwrap();
    assert_eq!(passed.signed_in.session.expires_at, noon() + TimeDelta::days(1));
    assert!(passed.device.unwrap().as_str().starts_with("signature!trust-device-"));
}

#[tokio::test]
async fn wrong_and_spent_codes_open_nothing() {
    let mut recorded = waiting(Some(two_factor("ann")), Admission::Granted);
    recorded.two_factors.checkpoint();
    let pending = Pending { user: enabled(), two_factor: Some(two_factor("ann")) };
    recorded.two_factors.expect_pending().returning(move |_, _| Ok(Some(pending.clone())));
    recorded.two_factors.expect_admit().returning(|_| Ok(Admission::Granted));
    let failed = |event: &AuditEvent| event.action == Action::TwoFactorFailed && event.actor == Some(user_id("ann"));
    recorded.two_factors.expect_refuse().withf(failed).once().returning(|_| Ok(()));
    assert_eq!(pass(recorded, Proof::Totp("654321")).await, Err("wrong_code"));

    for wrong in ["", "12345", "1234567", "654321", "abcdef"] {
        let identity = waiting(Some(two_factor("ann")), Admission::Granted);
        assert_eq!(pass(identity, Proof::Totp(wrong)).await, Err("wrong_code"), "{wrong}");
    }
    let identity = waiting(Some(two_factor("ann")), Admission::Granted);
    assert_eq!(pass(identity, Proof::BackupCode("aaaaa-ccccc")).await, Err("wrong_backup_code"));

    let spent = TwoFactor { last_step: Some(100), ..two_factor("ann") };
    assert_eq!(pass(waiting(Some(spent), Admission::Granted), Proof::Totp("123456")).await, Err("wrong_code"));
    // At the same moment.
    let mut identity = waiting(Some(two_factor("ann")), Admission::Granted);
    identity.two_factors.expect_use_code().returning(|_| Ok(false));
    assert_eq!(pass(identity, Proof::Totp("123456")).await, Err("wrong_code"));
}

#[tokio::test]
async fn no_code_is_compared_when_too_many_were_tried() {
    let locked = TwoFactor { locked_until: Some(noon() + TimeDelta::minutes(1)), ..two_factor("ann") };
    for (found, admission, expected) in [
        (two_factor("ann"), Admission::ChallengeSpent, "two_factor_attempts_exhausted"),
        (two_factor("ann"), Admission::Locked, "two_factor_locked"),
        (locked, Admission::Granted, "two_factor_locked"),
    ] {
        assert_eq!(pass(waiting(Some(found), admission), Proof::Totp("123456")).await, Err(expected));
    }
}

#[tokio::test]
async fn a_try_that_is_one_too_many_locks_for_fifteen_minutes() {
    let mut identity = identity(Verdict::Right);
    identity.two_factors.expect_find().returning(|_| Ok(Some(two_factor("ann"))));
    identity
        .two_factors
        .expect_admit()
        .withf(|attempt| attempt.challenge.is_none() && attempt.locked_until == noon() + TimeDelta::minutes(15))
        .once()
        .returning(|_| Ok(Admission::Granted));
    let by = SignedIn { user: enabled(), ..signed_in("ann") };
    let refused = service(identity).verify(&visitor(), &by, Proof::Totp("654321"), true).await;
    assert_eq!(code(refused).map(drop), Err("wrong_code"));
}

#[tokio::test]
async fn a_code_in_a_session_is_spent_and_makes_it_one_by_second_factor() {
    let mut identity = identity(Verdict::Right);
    identity.two_factors.expect_find().returning(|_| Ok(Some(two_factor("ann"))));
    identity.two_factors.expect_admit().returning(|_| Ok(Admission::Granted));
    let by = SignedIn { user: enabled(), ..signed_in("ann") };
    let session = Session { amr: Some("pwd otp".to_owned()), ..by.session.clone() };
    let stored = session.clone();
    let expected = move |used: &Use| used.entry.is_none() && used.session.as_ref() == Some(&stored);
    identity.two_factors.expect_use_code().withf(expected).once().returning(|_| Ok(true));
    let verified = service(identity).verify(&visitor(), &by, Proof::Totp("123456"), true).await.unwrap();
    assert_eq!(verified, Verified { signed_in: SignedIn { session, ..by }, confirmed: false });
}

#[tokio::test]
async fn a_code_can_be_proven_without_a_session() {
    let mut identity = waiting(Some(two_factor("ann")), Admission::Granted);
    let expected = |used: &Use| used.entry.is_none() && used.session.is_none();
    identity.two_factors.expect_use_code().withf(expected).once().returning(|_| Ok(true));
    let proof = Proof::BackupCode("aaaaa-bbbbb");
    assert_eq!(service(identity).prove(&visitor(), &challenge(), proof).await.unwrap(), enabled());
}

#[tokio::test]
async fn only_a_sign_in_that_waits_is_finished_and_nobodys_who_is_banned() {
    let mut unknown = identity(Verdict::Right);
    unknown.two_factors.expect_pending().returning(|_, _| Ok(None));
    assert_eq!(pass(unknown, Proof::Totp("123456")).await, Err("two_factor_challenge_invalid"));

    let mut banned = identity(Verdict::Right);
    let pending = Pending { user: User { banned: true, ..enabled() }, two_factor: Some(two_factor("ann")) };
    banned.two_factors.expect_pending().returning(move |_, _| Ok(Some(pending.clone())));
    assert_eq!(pass(banned, Proof::Totp("123456")).await, Err("user_banned"));
}

#[tokio::test]
async fn a_wrong_code_counts_as_a_failed_sign_in_of_the_address() {
    let mut limiter = MockRateLimiter::new();
    let allowed = |quota: &Quota| Standing { quota: *quota, remaining: 9, reset: TimeDelta::zero(), retry_after: None };
    limiter.expect_charge().once().returning(move |_, quota| Ok(allowed(quota)));
    let (store, clock) = (Arc::new(MockBlockStore::new()), Arc::new(FixedClock::at(noon())));
    let blocks = Arc::new(BlockService::new(store, Arc::new(limiter), clock, true));
    let ports = waiting(Some(two_factor("ann")), Admission::Granted).ports();
    let service = TwoFactorService::new(ports, Arc::new(identity_policy()), blocks);
    let visitor = Visitor { address: Some([192, 0, 2, 7].into()), ..visitor() };
    let refused = service.pass(&visitor, &challenge(), Proof::Totp("654321"), true, false).await;
    assert_eq!(code(refused).map(drop), Err("wrong_code"));
}

#[tokio::test]
async fn backup_codes_are_replaced_for_who_has_a_second_factor() {
    let mut known = identity(Verdict::Right);
    known.two_factors.expect_find().returning(|_| Ok(Some(two_factor("ann"))));
    known
        .two_factors
        .expect_replace_backup_codes()
        .withf(|made| made.id == "two-factor-of-ann" && made.backup_codes == sealed("codes"))
        .once()
        .returning(|_| Ok(true));
    let by = SignedIn { user: enabled(), ..signed_in("ann") };
    let codes = service(known).replace_backup_codes(&visitor(), &by, &password()).await.unwrap();
    assert_eq!(codes.len(), 1);

    let without = service(identity(Verdict::Right));
    let refused = without.replace_backup_codes(&visitor(), &signed_in("ann"), &password()).await;
    assert_eq!(code(refused).map(drop), Err("two_factor_not_enabled"));
}

#[test]
fn codes_of_apps_are_told_from_backup_codes() {
    assert!(matches!(Proof::of("123456"), Proof::Totp("123456")));
    for backup in ["aaaaa-bbbbb", "12345-67890", "abcdef"] {
        assert!(matches!(Proof::of(backup), Proof::BackupCode(code) if code == backup), "{backup}");
    }
}
