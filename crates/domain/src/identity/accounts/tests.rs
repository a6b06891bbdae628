use chrono::TimeDelta;

use super::*;
use crate::error::Fault;
use crate::identity::password::Verdict;
use crate::identity::users::Deleted;
use crate::testing::fixtures::{noon, session, signed_in, user, user_id};
use crate::testing::{MockIdentity, identity_policy};
use crate::version::Version;

fn service(identity: MockIdentity) -> AccountService {
    AccountService::new(identity.ports(), Arc::new(identity_policy()))
}

fn silent(identity: MockIdentity) -> AccountService {
    AccountService::new(identity.ports(), Arc::new(IdentityPolicy { mail: false, ..identity_policy() }))
}

fn visitor() -> Visitor {
    Visitor::default()
}

fn password() -> Password {
    Password::parse("correct horse").unwrap()
}

fn hash(text: &str) -> PasswordHash {
    PasswordHash::from_stored(text.to_owned())
}

/// Ann has a password, and this is what comparing it tells.
fn comparing(verdict: Verdict) -> MockIdentity {
    let mut identity = MockIdentity::default();
    identity.accounts.expect_password_of().returning(|_| Ok(Some(hash("stored"))));
    identity.passwords.expect_verify().returning(move |_, _| Ok(verdict));
    identity.passwords.expect_hash().returning(|_| Ok(hash("new")));
    identity.callers.expect_forget().returning(|_| ());
    identity
}

fn code<T>(result: Result<T, IdentityError>) -> Result<T, &'static str> {
    result.map_err(|error| error.code())
}

#[tokio::test]
async fn a_password_changes_only_from_the_one_that_was_compared() {
    for (stored, expected) in [(true, Ok(None)), (false, Err("wrong_password"))] {
        let mut identity = comparing(Verdict::Right);
        identity
            .accounts
            .expect_set_password()
            .withf(|change| change.by == PasswordProof::Present(hash("stored")) && change.hash == hash("new"))
            .once()
            .returning(move |_| Ok(stored));
        let changed =
            service(identity).change_password(&visitor(), &signed_in("ann"), &password(), &password(), false).await;
        assert_eq!(code(changed), expected);
    }
}

#[tokio::test]
async fn a_password_change_may_end_all_sessions_and_begin_one() {
    let mut identity = comparing(Verdict::Right);
    identity
        .accounts
        .expect_set_password()
        .withf(
            |change| matches!(&change.sessions, SessionsAfter::OnlyThis(session) if session.user_id == user_id("ann")),
        )
        .once()
        .returning(|_| Ok(true));
    let session =
        service(identity).change_password(&visitor(), &signed_in("ann"), &password(), &password(), true).await;
    assert_eq!(session.unwrap().unwrap().expires_at, noon() + TimeDelta::days(7));
}

#[tokio::test]
async fn a_wrong_password_and_a_missing_one_change_nothing() {
    let change = |identity| async {
        code(service(identity).change_password(&visitor(), &signed_in("ann"), &password(), &password(), false).await)
    };
    assert_eq!(change(comparing(Verdict::Wrong)).await, Err("wrong_password"));
    let mut without = MockIdentity::default();
    without.accounts.expect_password_of().returning(|_| Ok(None));
    assert_eq!(change(without).await, Err("no_password"));
}

#[tokio::test]
async fn a_change_of_address_is_asked_at_the_old_one_if_that_is_verified_else_at_the_new_one() {
    let new = Email::parse("ann@example.org").unwrap();
    for (email_verified, asked) in [(true, "ann@example.com"), (false, "ann@example.org")] {
        let mut identity = MockIdentity::default();
        identity.users.expect_find_by_email().returning(|_| Ok(None));
        identity.signer.expect_email_token().returning(|_, _| Ok("token".into()));
        identity
            .outbox
            .expect_put()
            .withf(move |sending| sending.mail.to.as_str() == asked)
            .once()
            .returning(|_| Ok(()));
        let ann = SignedIn { user: User { email_verified, ..user("ann") }, ..signed_in("ann") };
        let done = service(identity).change_email(&visitor(), &ann, &new, &CallbackUrl::root()).await;
        assert_eq!(code(done), Ok(()));
    }
}

#[tokio::test]
async fn a_taken_address_is_not_told_and_the_present_one_is_refused() {
    let mut identity = MockIdentity::default();
    identity.users.expect_find_by_email().returning(|_| Ok(Some(user("bob"))));
    let bob = Email::parse("bob@example.com").unwrap();
    let done = service(identity).change_email(&visitor(), &signed_in("ann"), &bob, &CallbackUrl::root()).await;
    assert_eq!(code(done), Ok(()));
    let own = Email::parse("ann@example.com").unwrap();
    let refused =
        service(MockIdentity::default()).change_email(&visitor(), &signed_in("ann"), &own, &CallbackUrl::root()).await;
    assert_eq!(code(refused), Err("email_unchanged"));
}

#[tokio::test]
async fn an_account_is_deleted_by_password_or_after_a_recent_authentication_else_by_mail() {
    let deleting = |mut identity: MockIdentity| {
        identity.users.expect_find().returning(|_| Ok(Some(user("ann"))));
        let of_ann = |deletion: &UserDeletion| deletion.spends.is_none() && !deletion.loses_admin;
        identity.users.expect_delete().withf(of_ann).once().returning(|_| Ok(Deleted::Done));
        identity
    };
    let root = CallbackUrl::root();
    let by_password = service(deleting(comparing(Verdict::Right)));
    let done = by_password.delete(&visitor(), &signed_in("ann"), Some(&password()), &root).await;
    assert_eq!(code(done), Ok(Deletion::Done));

    let mut mailing = MockIdentity::default();
    mailing.clock.advance(TimeDelta::minutes(10));
    mailing
        .verifications
        .expect_put()
        .withf(|new| new.verification.identifier.as_str().starts_with("delete-account-"))
        .once()
        .returning(|_| Ok(()));
    assert_eq!(code(service(mailing).delete(&visitor(), &signed_in("ann"), None, &root).await), Ok(Deletion::Mailed));

    let mut recent = MockIdentity::default();
    recent.callers.expect_forget().returning(|_| ());
    let recent = silent(deleting(recent));
    assert_eq!(code(recent.delete(&visitor(), &signed_in("ann"), None, &root).await), Ok(Deletion::Done));

    for (age, expected) in [(TimeDelta::minutes(10), "step_up_required"), (TimeDelta::days(1), "session_not_fresh")] {
        let late = MockIdentity::default();
        late.clock.advance(age);
        assert_eq!(code(silent(late).delete(&visitor(), &signed_in("ann"), None, &root).await), Err(expected));
    }
}

#[tokio::test]
async fn an_account_is_not_deleted_without_its_second_factor_or_by_an_administrator() {
    let mut by = signed_in("ann");
    by.user.two_factor_enabled = true;
    for (impersonated_by, expected) in [(None, "step_up_required"), (Some(user_id("root")), "impersonated")] {
        by.session.impersonated_by = impersonated_by;
        let refused =
            service(MockIdentity::default()).delete(&visitor(), &by, Some(&password()), &CallbackUrl::root()).await;
        assert_eq!(code(refused), Err(expected));
    }
}

#[tokio::test]
async fn a_mailed_deletion_spends_its_token() {
    for (deleted, expected) in
        [(Deleted::Done, Ok(())), (Deleted::NotVerified, Err("token_invalid")), (Deleted::LastAdmin, Err("last_admin"))]
    {
        let mut identity = MockIdentity::default();
        identity.users.expect_find().returning(|_| Ok(Some(user("ann"))));
        identity.callers.expect_forget().returning(|_| ());
        identity
            .users
            .expect_delete()
            .withf(|deletion| deletion.spends == Identifier::account_deletion("token"))
            .once()
            .returning(move |_| Ok(deleted));
        let done = service(identity).delete_by_token(&visitor(), &signed_in("ann"), "token").await;
        assert_eq!(code(done), expected);
    }
}

#[tokio::test]
async fn a_deletion_is_judged_anew_when_the_user_changed_meanwhile() {
    let mut identity = MockIdentity::default();
    identity.callers.expect_forget().returning(|_| ());
    let admin = || User { role: Some("admin".into()), version: Version::new(2), ..user("ann") };
    identity.users.expect_find().once().returning(|_| Ok(Some(user("ann"))));
    identity.users.expect_find().once().returning(move |_| Ok(Some(admin())));
    let overtaken = |deletion: &UserDeletion| !deletion.loses_admin && deletion.made_from == Version::FIRST;
    identity.users.expect_delete().withf(overtaken).once().returning(|_| Err(StoreError::Stale));
    let judged = |deletion: &UserDeletion| deletion.loses_admin && deletion.made_from == Version::new(2);
    identity.users.expect_delete().withf(judged).once().returning(|_| Ok(Deleted::LastAdmin));
    let done = service(identity).delete_by_token(&visitor(), &signed_in("ann"), "token").await;
    assert_eq!(code(done), Err("last_admin"));
}

#[tokio::test]
async fn who_is_gone_has_no_token() {
    let mut identity = MockIdentity::default();
    identity.users.expect_find().returning(|_| Ok(None));
    let done = service(identity).delete_by_token(&visitor(), &signed_in("ann"), "token").await;
    assert_eq!(code(done), Err("token_invalid"));
}

#[tokio::test]
async fn unlinking_needs_a_fresh_session_and_leaves_the_last_account() {
    for (unlinked, expected) in [
        (Unlinked::Done, Ok(())),
        (Unlinked::NotFound, Err("account_not_found")),
        (Unlinked::Last, Err("last_account")),
    ] {
        let mut identity = MockIdentity::default();
        identity.accounts.expect_unlink().once().returning(move |_| Ok(unlinked));
        let done = service(identity).unlink(&visitor(), &signed_in("ann"), "account").await;
        assert_eq!(code(done), expected);
    }
    let late = MockIdentity::default();
    late.clock.advance(TimeDelta::days(1));
    assert_eq!(code(service(late).unlink(&visitor(), &signed_in("ann"), "account").await), Err("session_not_fresh"));
}

#[tokio::test]
async fn nothing_is_mailed_to_a_placeholder() {
    let nobody = Email::placeholder("ann");
    let changed = service(MockIdentity::default())
        .change_email(&visitor(), &signed_in("ann"), &nobody, &CallbackUrl::root())
        .await;
    assert_eq!(code(changed), Ok(()));

    let mut ann = signed_in("ann");
    ann.user = User { email: nobody.as_str().to_owned(), email_verified: true, ..ann.user };
    let mut identity = MockIdentity::default();
    identity.users.expect_find_by_email().returning(|_| Ok(None));
    identity.signer.expect_email_token().returning(|_, _| Ok("token".into()));
    identity
        .outbox
        .expect_put()
        .withf(|sending| sending.mail.to.as_str() == "new@example.com")
        .once()
        .returning(|_| Ok(()));
    let new = Email::parse("new@example.com").unwrap();
    let changed = service(identity).change_email(&visitor(), &ann, &new, &CallbackUrl::root()).await;
    assert_eq!(code(changed), Ok(()));

    ann.session.created_at = noon() - TimeDelta::days(2);
    let deleted = service(MockIdentity::default()).delete(&visitor(), &ann, None, &CallbackUrl::root()).await;
    assert_eq!(code(deleted), Err("session_not_fresh"));
}

#[tokio::test]
async fn what_is_about_the_account_is_refused_to_an_administrator_who_acts_as_the_user() {
    let service = service(MockIdentity::default());
    let (visitor, password, root) = (visitor(), password(), CallbackUrl::root());
    let by = SignedIn { session: session("ann").impersonated_in(&session("root")), ..signed_in("ann") };
    let new = Email::parse("new@example.com").unwrap();
    let refused = Err("impersonated");
    assert_eq!(code(service.verify_password(&by, &password).await), refused);
    assert_eq!(code(service.change_password(&visitor, &by, &password, &password, false).await).map(drop), refused);
    assert_eq!(code(service.change_email(&visitor, &by, &new, &root).await), refused);
    assert_eq!(code(service.delete(&visitor, &by, None, &root).await).map(drop), refused);
    assert_eq!(code(service.delete(&visitor, &by, Some(&password), &root).await).map(drop), refused);
    assert_eq!(code(service.delete_by_token(&visitor, &by, "token").await), refused);
    assert_eq!(code(service.unlink(&visitor, &by, "account").await), refused);
}
