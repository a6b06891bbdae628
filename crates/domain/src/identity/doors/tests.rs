use chrono::TimeDelta;

use super::*;
use crate::error::Fault;
use crate::identity::EMAIL_CONSTRAINT;
use crate::identity::claims::EmailClaims;
use crate::testing::fixtures::{noon, user, user_id};
use crate::testing::{MockIdentity, identity_policy, no_blocks};

fn doors(identity: MockIdentity) -> Doors {
    under(identity, identity_policy())
}

fn under(identity: MockIdentity, policy: IdentityPolicy) -> Doors {
    Doors::new(identity.ports(), Arc::new(policy), no_blocks())
}

fn email() -> Email {
    Email::parse("ann@example.com").unwrap()
}

fn password() -> Password {
    Password::parse("correct horse").unwrap()
}

fn hash(text: &str) -> PasswordHash {
    PasswordHash::from_stored(text.to_owned())
}

fn sign_up() -> SignUp {
    let name = "Ann".to_owned();
    SignUp { name, email: email(), password: password(), image: None, remember: true, callback: CallbackUrl::root() }
}

fn sign_in() -> SignIn {
    let callback = CallbackUrl::root();
    SignIn { email: email(), password: password(), remember: true, callback, device: None }
}

fn opened(entrance: Entrance) -> SignedIn {
    match entrance {
        Entrance::Open(passed) => passed.signed_in,
        Entrance::SecondFactor(needed) => panic!("{needed:?}"),
    }
}

/// Ann has an account, and this is what comparing her password tells.
fn ann(ann: User, verdict: Verdict) -> MockIdentity {
    compared(ann, verdict, 1)
}

/// The password must be compared exactly so often.
fn compared(ann: User, verdict: Verdict, times: usize) -> MockIdentity {
    let mut identity = MockIdentity::default();
    let candidate = Candidate { user: ann, hash: Some(hash("stored")) };
    identity.accounts.expect_candidate().returning(move |_| Ok(Some(candidate.clone())));
    identity.passwords.expect_verify().times(times).returning(move |_, _| Ok(verdict));
    identity
}

fn code<T>(result: Result<T, IdentityError>) -> Result<T, &'static str> {
    result.map_err(|error| error.code())
}

#[tokio::test]
async fn signing_up_stores_user_account_and_session_together() {
    let mut identity = MockIdentity::default();
    identity.passwords.expect_hash().returning(|_| Ok(hash("new")));
    identity
        .accounts
        .expect_register()
        .withf(|registration| {
            let session = registration.session.as_ref().unwrap();
            registration.hash == Some(hash("new"))
                && registration.role == "user"
                && !registration.email_verified
                && session.user_id == registration.user_id
                && session.expires_at == noon() + TimeDelta::days(7)
                && registration.mail.is_none()
        })
        .once()
        .returning(|_| Ok(()));
    let signed_up = doors(identity).sign_up(&Visitor::default(), sign_up()).await.unwrap();
    assert_eq!(signed_up.user.email, "ann@example.com");
    assert_eq!(signed_up.session.map(|session| session.user_id), Some(signed_up.user.id));
}

#[tokio::test]
async fn where_addresses_must_be_verified_signing_up_mails_a_link_and_opens_no_session() {
    let mut identity = MockIdentity::default();
    identity.passwords.expect_hash().returning(|_| Ok(hash("new")));
    identity.signer.expect_email_token().returning(|_, _| Ok("token".into()));
    identity
        .accounts
        .expect_register()
        .withf(|registration| registration.session.is_none() && registration.mail.as_ref().unwrap().to == email())
        .once()
        .returning(|_| Ok(()));
    let policy = IdentityPolicy { verified_email: VerifiedEmail::Always, ..identity_policy() };
    let signed_up = under(identity, policy).sign_up(&Visitor::default(), sign_up()).await.unwrap();
    assert_eq!(signed_up.session, None);
}

#[tokio::test]
async fn where_only_changes_need_a_verified_address_signing_up_mails_a_link_and_opens_a_session() {
    let mut identity = MockIdentity::default();
    identity.passwords.expect_hash().returning(|_| Ok(hash("new")));
    identity.signer.expect_email_token().returning(|_, _| Ok("token".into()));
    identity
        .accounts
        .expect_register()
        .withf(|registration| registration.session.is_some() && registration.mail.is_some())
        .once()
        .returning(|_| Ok(()));
    let policy = IdentityPolicy { verified_email: VerifiedEmail::ToWrite, ..identity_policy() };
    assert!(under(identity, policy).sign_up(&Visitor::default(), sign_up()).await.unwrap().session.is_some());
}

#[tokio::test]
async fn a_taken_address_is_told_from_other_conflicts() {
    for (constraint, expected) in [(EMAIL_CONSTRAINT, "email_taken"), ("users_pkey", "conflict")] {
        let mut identity = MockIdentity::default();
        identity.passwords.expect_hash().returning(|_| Ok(hash("new")));
        identity
            .accounts
            .expect_register()
            .returning(move |_| Err(StoreError::Conflict { constraint: constraint.to_owned() }));
        assert_eq!(code(doors(identity).sign_up(&Visitor::default(), sign_up()).await), Err(expected));
    }
}

#[tokio::test]
async fn signing_in_opens_a_session_that_lives_as_long_as_wished() {
    for (remember, days) in [(true, 7), (false, 1)] {
        let mut identity = ann(user("ann"), Verdict::Right);
        identity
            .sessions
            .expect_open()
            .withf(|opening| opening.compared == Some(hash("stored")) && opening.rehash.is_none() && !opening.lift_ban)
            .once()
            .returning(|_| Ok(true));
        let sign_in = SignIn { remember, ..sign_in() };
        let signed_in = opened(doors(identity).sign_in(&Visitor::default(), sign_in).await.unwrap());
        assert_eq!(signed_in.session.expires_at, noon() + TimeDelta::days(days));
        assert_eq!(signed_in.user.id, user_id("ann"));
    }
}

#[tokio::test]
async fn an_unknown_address_and_a_user_without_a_password_take_the_time_of_a_comparison() {
    for candidate in [None, Some(Candidate { user: user("ann"), hash: None })] {
        let mut identity = MockIdentity::default();
        identity.accounts.expect_candidate().returning(move |_| Ok(candidate.clone()));
        identity.passwords.expect_pretend().once().returning(|_| Ok(()));
        let refusal = doors(identity).sign_in(&Visitor::default(), sign_in()).await;
        assert_eq!(code(refusal), Err("wrong_credentials"));
    }
    let refusal = doors(ann(user("ann"), Verdict::Wrong)).sign_in(&Visitor::default(), sign_in()).await;
    assert_eq!(code(refusal), Err("wrong_credentials"));
}

#[tokio::test]
async fn a_ban_is_told_only_to_who_knows_the_password_and_ends_when_it_expires() {
    let banned = User { banned: true, ban_expires: Some(noon() + TimeDelta::seconds(1)), ..user("ann") };
    let refused = |verdict| {
        let banned = banned.clone();
        async move { code(doors(ann(banned, verdict)).sign_in(&Visitor::default(), sign_in()).await) }
    };
    assert_eq!(refused(Verdict::Right).await, Err("user_banned"));
    assert_eq!(refused(Verdict::Wrong).await, Err("wrong_credentials"));

    let mut identity = ann(User { ban_expires: Some(noon()), ..banned.clone() }, Verdict::Right);
    identity.sessions.expect_open().withf(|opening| opening.lift_ban).once().returning(|_| Ok(true));
    let signed_in = opened(doors(identity).sign_in(&Visitor::default(), sign_in()).await.unwrap());
    assert!(!signed_in.user.banned && signed_in.user.ban_expires.is_none());
}

#[tokio::test]
async fn a_hash_of_an_old_kind_is_replaced_in_the_change_that_opens_the_session() {
    let mut identity = ann(user("ann"), Verdict::RightButOld);
    identity.passwords.expect_hash().once().returning(|_| Ok(hash("new")));
    let both = |opening: &Opening| (opening.compared.clone(), opening.rehash.clone());
    let expected = (Some(hash("stored")), Some(hash("new")));
    identity.sessions.expect_open().withf(move |opening| both(opening) == expected).once().returning(|_| Ok(true));
    assert!(doors(identity).sign_in(&Visitor::default(), sign_in()).await.is_ok());
}

#[tokio::test]
async fn a_password_that_changes_while_somebody_signs_in_is_compared_anew() {
    for (opened, times, expected) in [([false, true, false], 2, Ok(())), ([false; 3], 3, Err("wrong_credentials"))] {
        let mut identity = compared(user("ann"), Verdict::Right, times);
        let mut opened = opened.into_iter();
        identity.sessions.expect_open().returning(move |_| Ok(opened.next().unwrap()));
        assert_eq!(code(doors(identity).sign_in(&Visitor::default(), sign_in()).await).map(drop), expected);
    }
}

#[tokio::test]
async fn an_unverified_address_gets_another_mail_instead_of_a_session_where_it_must_be_verified() {
    let mut identity = ann(user("ann"), Verdict::Right);
    identity.signer.expect_email_token().returning(|_, _| Ok("token".into()));
    identity.outbox.expect_put().once().returning(|_| Ok(()));
    let policy = IdentityPolicy { verified_email: VerifiedEmail::Always, ..identity_policy() };
    let refusal = under(identity, policy).sign_in(&Visitor::default(), sign_in()).await;
    assert_eq!(code(refusal), Err("email_not_verified"));
}

#[tokio::test]
async fn a_reset_is_mailed_to_known_addresses_and_looks_the_same_for_unknown_ones() {
    let mut identity = MockIdentity::default();
    identity.users.expect_find_by_email().returning(|_| Ok(None));
    let done = doors(identity).request_password_reset(&Visitor::default(), &email(), &CallbackUrl::root()).await;
    assert_eq!(code(done), Ok(()));

    let mut identity = MockIdentity::default();
    identity.users.expect_find_by_email().returning(|_| Ok(Some(user("ann"))));
    identity
        .verifications
        .expect_put()
        .withf(|new| {
            let token = new.verification.identifier.as_str().strip_prefix("reset-password:").unwrap();
            let link = format!("https://api.example.com/api/auth/reset-password/{token}?callbackURL=%2F");
            token.len() == 24
                && new.mail.text.contains(&link)
                && new.verification.expires_at == noon() + TimeDelta::hours(1)
        })
        .once()
        .returning(|_| Ok(()));
    let done = doors(identity).request_password_reset(&Visitor::default(), &email(), &CallbackUrl::root()).await;
    assert_eq!(code(done), Ok(()));
}

/// Ann may set a new password until `expires_at`.
fn resetting(expires_at: chrono::DateTime<chrono::Utc>) -> MockIdentity {
    let mut identity = MockIdentity::default();
    identity.verifications.expect_find().returning(move |identifier| {
        Ok(Some(Verification { identifier: identifier.clone(), user_id: user_id("ann"), expires_at }))
    });
    identity.passwords.expect_hash().returning(|_| Ok(hash("new")));
    identity
}

#[tokio::test]
async fn a_reset_spends_its_token_and_sets_the_password_in_one_change() {
    for stored in [true, false] {
        let mut identity = resetting(noon() + TimeDelta::seconds(1));
        identity
            .accounts
            .expect_set_password()
            .withf(|change| {
                change.by == PasswordProof::Spends(Identifier::password_reset("token").unwrap())
                    && change.sessions == SessionsAfter::Stay
            })
            .once()
            .returning(move |_| Ok(stored));
        let done = doors(identity).reset_password(&Visitor::default(), "token", &password()).await;
        assert_eq!(code(done), if stored { Ok(()) } else { Err("token_invalid") });
    }
}

#[tokio::test]
async fn expired_and_malformed_reset_tokens_are_refused_before_anything_is_hashed() {
    let expired = doors(resetting(noon())).reset_password(&Visitor::default(), "token", &password()).await;
    assert_eq!(code(expired), Err("token_invalid"));
    let malformed = doors(MockIdentity::default());
    assert_eq!(code(malformed.reset_password(&Visitor::default(), "to:ken", &password()).await), Err("token_invalid"));
    assert_eq!(code(malformed.may_reset_password("to:ken").await), Ok(false));
    assert_eq!(code(doors(resetting(noon())).may_reset_password("token").await), Ok(false));
}

#[tokio::test]
async fn verification_is_mailed_to_the_caller_or_silently_to_nobody() {
    let visitor = Visitor::default();
    let verified = User { email_verified: true, ..user("ann") };
    let mut identity = MockIdentity::default();
    identity.users.expect_find_by_email().returning({
        let verified = verified.clone();
        move |_| Ok(Some(verified.clone()))
    });
    let anonymous = doors(identity).send_verification(&visitor, None, &email(), &CallbackUrl::root()).await;
    assert_eq!(code(anonymous), Ok(()));

    let caller = |user: User, email: Email| async move {
        let doors = doors(MockIdentity::default());
        code(doors.send_verification(&Visitor::default(), Some(&user), &email, &CallbackUrl::root()).await)
    };
    assert_eq!(caller(verified, email()).await, Err("email_already_verified"));
    assert_eq!(caller(user("ann"), Email::parse("bob@example.com").unwrap()).await, Err("email_mismatch"));
}

/// A token of ann's with this purpose.
fn mailed(purpose: EmailPurpose) -> MockIdentity {
    let mut identity = MockIdentity::default();
    identity.signer.expect_read_email_token().returning(move |_, _| {
        Ok(EmailClaims {
            email: "ann@example.com".into(),
            user_id: Some("ann".into()),
            purpose: purpose.clone(),
            expires_at: noon() + TimeDelta::hours(1),
        })
    });
    identity.users.expect_find().returning(|id| Ok(Some(user(id.as_str()))));
    identity
}

async fn verify(identity: MockIdentity, caller: Option<&User>) -> Result<(), &'static str> {
    code(doors(identity).verify_email(&Visitor::default(), caller, "token", &CallbackUrl::root()).await.map(drop))
}

#[tokio::test]
async fn a_mailed_token_verifies_the_address_or_changes_it() {
    for (purpose, to) in [
        (EmailPurpose::Verify, "ann@example.com"),
        (EmailPurpose::VerifyChange { to: "ann@example.org".into() }, "ann@example.org"),
    ] {
        let mut identity = mailed(purpose);
        identity
            .users
            .expect_update()
            .withf(move |change| {
                let email = change.email.as_ref().unwrap();
                email.verified == (to == "ann@example.com")
                    && email.to.as_str() == to
                    && email.from.as_str() == "ann@example.com"
            })
            .once()
            .returning(|_| Ok(Some(user("ann"))));
        identity.callers.expect_forget().withf(|users| users == [user_id("ann")]).once().returning(|_| ());
        assert_eq!(verify(identity, None).await, Ok(()));
    }
}

#[tokio::test]
async fn agreeing_at_the_old_address_mails_the_new_one() {
    let mut identity = mailed(EmailPurpose::ConfirmChange { to: "ann@example.org".into() });
    identity
        .signer
        .expect_email_token()
        .withf(|claims, _| claims.purpose == EmailPurpose::VerifyChange { to: "ann@example.org".into() })
        .returning(|_, _| Ok("token".into()));
    identity
        .outbox
        .expect_put()
        .withf(|sending| sending.mail.to.as_str() == "ann@example.org")
        .once()
        .returning(|_| Ok(()));
    assert_eq!(verify(identity, None).await, Ok(()));
}

#[tokio::test]
async fn a_mailed_token_of_another_user_or_address_an_expired_one_and_a_taken_address_are_refused() {
    let mut moved = mailed(EmailPurpose::Verify);
    moved.users = crate::identity::MockUserStore::new();
    let elsewhere = User { email: "ann@example.net".into(), ..user("ann") };
    moved.users.expect_find().returning(move |_| Ok(Some(elsewhere.clone())));
    assert_eq!(verify(moved, None).await, Err("token_invalid"));

    let change = || mailed(EmailPurpose::VerifyChange { to: "ann@example.org".into() });
    assert_eq!(verify(change(), Some(&user("bob"))).await, Err("user_mismatch"));

    let mut identity = MockIdentity::default();
    identity.signer.expect_read_email_token().returning(|_, _| Err(TokenError::Expired));
    assert_eq!(verify(identity, None).await, Err("token_expired"));

    let mut identity = mailed(EmailPurpose::VerifyChange { to: "bob@example.com".into() });
    identity.users.expect_update().returning(|_| Err(StoreError::Conflict { constraint: EMAIL_CONSTRAINT.to_owned() }));
    assert_eq!(verify(identity, None).await, Err("email_taken"));
}

#[tokio::test]
async fn without_mail_nothing_is_promised() {
    let policy = IdentityPolicy { mail: false, ..identity_policy() };
    let doors = under(MockIdentity::default(), policy);
    let visitor = Visitor::default();
    let reset = doors.request_password_reset(&visitor, &email(), &CallbackUrl::root()).await;
    let verification = doors.send_verification(&visitor, None, &email(), &CallbackUrl::root()).await;
    assert_eq!((code(reset), code(verification)), (Err("mail_off"), Err("mail_off")));
}

#[tokio::test]
async fn nothing_is_mailed_to_a_placeholder_and_nobody_signs_up_with_one() {
    let nobody = Email::placeholder("ann");
    let visitor = Visitor::default();
    let reset = doors(MockIdentity::default()).request_password_reset(&visitor, &nobody, &CallbackUrl::root()).await;
    assert_eq!(code(reset), Ok(()));

    let without_address = User { email: nobody.as_str().to_owned(), ..user("ann") };
    let verification = doors(MockIdentity::default())
        .send_verification(&visitor, Some(&without_address), &nobody, &CallbackUrl::root())
        .await;
    assert_eq!(code(verification), Ok(()));

    let wanted = SignUp { email: nobody, ..sign_up() };
    assert_eq!(code(doors(MockIdentity::default()).sign_up(&visitor, wanted).await), Err("email_taken"));
}

mod second_factor;
