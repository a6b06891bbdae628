//! What the contracts of identity cannot say: mails, the words of Better Auth, and what takes another hand.

use std::sync::Arc;

use chrono::TimeDelta;
use hexado_domain::audit::Action;
use hexado_domain::identity::users::UserEdit;
use hexado_domain::identity::{
    Identifier, Impersonation, NewVerification, Opening, Outbox, PasswordChange, PasswordHash, PasswordProof,
    Registration, Sending, Session, SessionId, SessionToken, SessionsAfter, User, Verification,
};
use hexado_domain::job::{ClaimedJob, Job, JobQueue};
use hexado_domain::testing::fixtures::{auth_event, mail, noon, registration, session, user_id};
use hexado_domain::testing::{IdentityStores, impersonation};
use hexado_postgres::{PgJobQueue, PgOutbox};

use crate::identity_contract::stores;
use crate::support::{BLOCKED, Bench, connect, until};

/// A bench whose users can have sessions, but have no accounts.
async fn bench() -> (Bench, IdentityStores) {
    let bench = Bench::new().await;
    let stores = stores(&bench.postgres);
    (bench, stores)
}

/// The subjects of the mails that wait at noon.
async fn receivers(bench: &Bench) -> Vec<String> {
    let queue = PgJobQueue::new(&bench.postgres);
    let mut receivers = Vec::new();
    while let Some(ClaimedJob { job, .. }) = queue.claim(noon(), TimeDelta::minutes(1)).await.unwrap() {
        let Job::Mail(mail) = job;
        receivers.push(mail.to.as_str().to_owned());
    }
    receivers
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_are_queued_with_what_they_belong_to() {
    let (bench, stores) = bench().await;
    let cid = Registration { mail: Some(mail("cid")), ..registration("cid") };
    stores.accounts.register(&cid).await.unwrap();
    assert_eq!(receivers(&bench).await, ["cid@example.com"]);

    stores.permit(&Identifier::password_reset("t0ken").unwrap(), "ann").await;
    assert_eq!(receivers(&bench).await, ["ann@example.com"]);

    let event = auth_event(Action::EmailVerificationRequested, "bob");
    PgOutbox::new(&bench.postgres).put(&Sending { mail: mail("bob"), event }).await.unwrap();
    assert_eq!(receivers(&bench).await, ["bob@example.com"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_mail_is_queued_for_what_was_not_stored() {
    let (bench, stores) = bench().await;
    let taken = Registration { user_id: user_id("late"), mail: Some(mail("late")), ..registration("ann") };
    assert!(stores.accounts.register(&taken).await.is_err());

    let verification = NewVerification {
        id: "one".into(),
        verification: Verification {
            identifier: Identifier::password_reset("t0ken").unwrap(),
            user_id: user_id("ann"),
            expires_at: noon(),
        },
        mail: mail("ann"),
        event: auth_event(Action::PasswordResetRequested, "ann"),
        at: noon(),
    };
    stores.verifications.put(&verification).await.unwrap();
    assert!(stores.verifications.put(&verification).await.is_err());
    assert_eq!(receivers(&bench).await, ["ann@example.com"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_up_has_counters() {
    let (bench, stores) = bench().await;
    stores.sign_up("cid").await;
    assert_eq!(bench.number("SELECT count(*) FROM user_counters WHERE user_id = 'cid'").await, 1);
}

fn opening(user: &str, token: &str) -> Opening {
    let session =
        Session { id: SessionId::from_stored(token), token: SessionToken::from_stored(token), ..session(user) };
    let event = auth_event(Action::SignedIn, user);
    Opening { session, compared: None, rehash: None, lift_ban: false, renewal: None, event }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_lifts_a_ban_that_has_expired_and_any_other_refuses_it() {
    let (bench, stores) = bench().await;
    let open = async |token: &str, lift_ban| {
        let opened = stores.sessions.open(&Opening { lift_ban, ..opening("ann", token) }).await.unwrap();
        (opened, stores.users.find(&user_id("ann")).await.unwrap().unwrap())
    };
    let ban = "UPDATE users SET banned = true, ban_reason = 'spam', ban_expires = '2026-11-21 11:59Z' WHERE id = 'ann'";
    bench.execute(ban).await;
    let (opened, kept) = open("one", false).await;
    assert!(opened && kept.banned);
    let (opened, lifted) = open("two", true).await;
    assert!(opened);
    assert_eq!((lifted.banned, lifted.ban_reason, lifted.ban_expires), (false, None, None));
    // Pronounced since the user was read.
    for again in ["ban_expires = NULL", "ban_expires = '2026-11-21 12:01Z'"] {
        bench.execute(&format!("UPDATE users SET banned = true, ban_reason = 'spam', {again} WHERE id = 'ann'")).await;
        let (opened, banned) = open(again, true).await;
        assert!(!opened, "{again}");
        assert_eq!((banned.banned, banned.ban_reason.as_deref()), (true, Some("spam")), "{again}");
    }
    assert_eq!(stores.tokens_of("ann").await, ["one", "two"]);
    assert!(!stores.users.find(&user_id("bob")).await.unwrap().unwrap().banned);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_waits_for_a_ban_or_a_new_password_that_is_being_stored_and_is_refused() {
    let (mut bench, stores) = bench().await;
    stores.sign_up("cid").await;
    let opening = Opening { compared: Some(PasswordHash::from_stored("cid:hash".into())), ..opening("cid", "one") };
    for change in [
        "UPDATE users SET banned = true WHERE id = 'cid'",
        "UPDATE accounts SET password = 'new' WHERE user_id = 'cid'",
        "DELETE FROM users WHERE id = 'cid'",
    ] {
        bench.execute("UPDATE users SET banned = false; UPDATE accounts SET password = 'cid:hash'").await;
        let other = connect(bench.database.url()).await;
        let ban = bench.admin.transaction().await.unwrap();
        ban.batch_execute(change).await.unwrap();
        let commit = async {
            until(&other, BLOCKED, 1).await;
            ban.commit().await.unwrap();
        };
        let (opened, ()) = tokio::join!(stores.sessions.open(&opening), commit);
        assert!(!opened.unwrap(), "{change}");
    }
    assert!(stores.tokens_of("cid").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_waits_for_a_sign_in_that_is_being_stored_and_ends_its_session() {
    let (mut bench, stores) = bench().await;
    stores.sign_up("cid").await;
    let old = PasswordHash::from_stored("cid:hash".into());
    let opening = Opening { compared: Some(old.clone()), ..opening("cid", "one") };
    let change = PasswordChange {
        user_id: user_id("cid"),
        hash: PasswordHash::from_stored("new".into()),
        by: PasswordProof::Present(old),
        sessions: SessionsAfter::OnlyThis(self::opening("cid", "kept").session),
        account_id: "unused".into(),
        event: auth_event(Action::PasswordChanged, "cid"),
        at: noon(),
    };
    let other = connect(bench.database.url()).await;
    // The sign-in has locked the user when it comes to the account.
    let hold = bench.admin.transaction().await.unwrap();
    hold.batch_execute("SELECT FROM accounts WHERE user_id = 'cid' FOR UPDATE").await.unwrap();
    let steps = async {
        until(&other, BLOCKED, 1).await;
        let set = tokio::spawn({
            let (accounts, change) = (Arc::clone(&stores.accounts), change.clone());
            async move { accounts.set_password(&change).await }
        });
        until(&other, BLOCKED, 2).await;
        hold.commit().await.unwrap();
        set.await.unwrap()
    };
    let (opened, set) = tokio::join!(stores.sessions.open(&opening), steps);
    assert!(opened.unwrap() && set.unwrap());
    assert_eq!(stores.tokens_of("cid").await, ["kept"]);
}

/// Ann has a session, in which she acts as Bob.
async fn ann_as_bob(stores: &IdentityStores) -> Impersonation {
    let mut impersonation = impersonation(&stores.open("ann", "own").await, "bob", "as-bob");
    // The database goes by its own clock, and of a session that has expired it tells nobody.
    impersonation.session.expires_at = noon() + TimeDelta::days(36_500);
    impersonation
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impersonation_ends_when_what_either_user_may_do_changes_whoever_changes_it() {
    for (change, ends) in [
        ("UPDATE users SET role = NULL WHERE id = 'ann'", true),
        ("UPDATE users SET banned = true WHERE id = 'ann'", true),
        ("UPDATE users SET role = 'admin' WHERE id = 'bob'", true),
        ("UPDATE users SET banned = true WHERE id = 'bob'", true),
        ("INSERT INTO roles VALUES ('support', NULL, '{task:read-any}', '{}', 1, now(), now())", true),
        ("DELETE FROM sessions WHERE id = 'own'", true),
        ("UPDATE users SET name = 'Ann', role = role, email_verified = true WHERE id = 'ann'", false),
        ("UPDATE users SET role = 'admin' WHERE id = 'cid'", false),
        ("DELETE FROM users WHERE id = 'cid'", false),
        ("UPDATE sessions SET token = 'new' WHERE id = 'own'", false),
        ("DELETE FROM roles", false),
    ] {
        let (bench, stores) = bench().await;
        stores.sign_up("cid").await;
        stores.open("bob", "bobs").await;
        let started = ann_as_bob(&stores).await;
        assert!(stores.sessions.impersonate(&started).await.unwrap());
        bench.execute("DELETE FROM auth_changes").await;
        bench.execute(change).await;
        let left: &[&str] = if ends { &["bobs"] } else { &["as-bob", "bobs"] };
        assert_eq!(stores.tokens_of("bob").await, left, "{change}");
        let known = bench.number("SELECT count(*) FROM auth_changes WHERE user_id = 'bob'").await > 0;
        assert!(known || !ends, "{change}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impersonation_that_another_server_began_ends_with_the_administrator() {
    for change in ["UPDATE users SET role = NULL WHERE id = 'ann'", "DELETE FROM users WHERE id = 'ann'"] {
        let (bench, stores) = bench().await;
        let theirs = Session { impersonated_by: Some(user_id("ann")), ..opening("bob", "theirs").session };
        let theirs = Opening { session: theirs, ..opening("bob", "theirs") };
        assert!(stores.sessions.open(&theirs).await.unwrap());
        bench.execute(change).await;
        assert!(stores.tokens_of("bob").await.is_empty(), "{change}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impersonation_waits_for_a_change_that_is_being_stored_and_is_refused() {
    for change in [
        "UPDATE users SET role = NULL WHERE id = 'ann'",
        "UPDATE users SET banned = true WHERE id = 'ann'",
        "UPDATE users SET role = 'admin' WHERE id = 'bob'",
        "UPDATE users SET banned = true WHERE id = 'bob'",
        "DELETE FROM users WHERE id = 'bob'",
        "DELETE FROM sessions WHERE id = 'own'",
    ] {
        let (mut bench, stores) = bench().await;
        let impersonation = ann_as_bob(&stores).await;
        let other = connect(bench.database.url()).await;
        let earlier = bench.admin.transaction().await.unwrap();
        earlier.batch_execute(change).await.unwrap();
        let commit = async {
            until(&other, BLOCKED, 1).await;
            earlier.commit().await.unwrap();
        };
        let (started, ()) = tokio::join!(stores.sessions.impersonate(&impersonation), commit);
        assert!(!started.unwrap(), "{change}");
        assert!(stores.tokens_of("bob").await.is_empty(), "{change}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_waits_for_an_impersonation_that_is_being_stored_and_ends_it() {
    for change in [
        "UPDATE users SET role = NULL WHERE id = 'ann'",
        "UPDATE users SET role = 'admin' WHERE id = 'bob'",
        "DELETE FROM users WHERE id = 'ann'",
        "DELETE FROM sessions WHERE id = 'own'",
    ] {
        let (mut bench, stores) = bench().await;
        let impersonation = ann_as_bob(&stores).await;
        let (other, later) = (connect(bench.database.url()).await, connect(bench.database.url()).await);
        // Its record is stored last.
        let hold = bench.admin.transaction().await.unwrap();
        hold.batch_execute("LOCK TABLE audit_records IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let steps = async {
            until(&other, BLOCKED, 1).await;
            let changing = tokio::spawn(async move { later.batch_execute(change).await });
            until(&other, BLOCKED, 2).await;
            hold.commit().await.unwrap();
            changing.await.unwrap().unwrap();
        };
        let (started, ()) = tokio::join!(stores.sessions.impersonate(&impersonation), steps);
        assert!(started.unwrap(), "{change}");
        assert!(stores.tokens_of("bob").await.is_empty(), "{change}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_waits_for_a_sign_in_that_is_being_stored_and_ends_its_session() {
    let (mut bench, stores) = bench().await;
    stores.sign_up("cid").await;
    let compared = Some(PasswordHash::from_stored("cid:hash".into()));
    let opening = Opening { compared, ..opening("cid", "one") };
    let cid = stores.users.find(&user_id("cid")).await.unwrap().unwrap();
    let ban = UserEdit {
        made_from: cid.version,
        user: User { banned: true, version: cid.version.next(), ..cid },
        roles_made_from: None,
        loses_admin: false,
        ends_sessions: true,
        event: auth_event(Action::UserBanned, "cid"),
    };
    let other = connect(bench.database.url()).await;
    // The sign-in has locked the user when it comes to the account.
    let hold = bench.admin.transaction().await.unwrap();
    hold.batch_execute("SELECT FROM accounts WHERE user_id = 'cid' FOR UPDATE").await.unwrap();
    let steps = async {
        until(&other, BLOCKED, 1).await;
        let banned = tokio::spawn({
            let (users, ban) = (Arc::clone(&stores.users), ban.clone());
            async move { users.edit(&ban).await }
        });
        until(&other, BLOCKED, 2).await;
        hold.commit().await.unwrap();
        banned.await.unwrap()
    };
    let (opened, banned) = tokio::join!(stores.sessions.open(&opening), steps);
    assert!(opened.unwrap() && banned.unwrap());
    assert!(stores.tokens_of("cid").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_changes_a_user_makes_a_new_version() {
    let (bench, stores) = bench().await;
    let version = async || stores.users.find(&user_id("ann")).await.unwrap().unwrap().version.get();
    assert_eq!(version().await, 1);
    for (change, expected) in [
        ("UPDATE users SET name = 'Ann' WHERE id = 'ann'", 2),
        ("UPDATE users SET name = 'Ann' WHERE id = 'ann'", 2),
        ("UPDATE users SET two_factor_enabled = true, version = 99 WHERE id = 'ann'", 3),
        ("UPDATE users SET name = 'Bob' WHERE id = 'bob'", 3),
    ] {
        bench.execute(change).await;
        assert_eq!(version().await, expected, "{change}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_better_auth_leaves_null_reads_as_its_default() {
    let (bench, stores) = bench().await;
    bench
        .execute(
            "UPDATE users SET role = NULL, banned = NULL, two_factor_enabled = NULL WHERE id = 'ann';
            INSERT INTO sessions (expires_at, token, created_at, updated_at, user_id, id)
            VALUES (now() + interval '7 d', 'token', now(), now(), 'ann', 'theirs');
            INSERT INTO accounts (account_id, provider_id, user_id, access_token, created_at, updated_at, id)
            VALUES ('4711', 'github', 'ann', 'secret', now(), now(), 'theirs')",
        )
        .await;
    let found = stores.sessions.find(&SessionToken::from_stored("token"), noon()).await.unwrap().unwrap();
    assert_eq!((&*found.session.ip_address, &*found.session.user_agent), ("", ""));
    assert_eq!((found.session.impersonated_by, found.session.authenticated_at, found.session.amr), (None, None, None));
    assert_eq!((found.user.role, found.user.banned, found.user.two_factor_enabled), (None, false, false));
    // An account of another provider holds no password.
    assert_eq!(stores.password_of("ann").await, None);
}
