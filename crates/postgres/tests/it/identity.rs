//! What the contracts of identity cannot say: mails, the words of Better Auth, and what takes another hand.

use chrono::TimeDelta;
use futures_util::future::join_all;
use hexado_domain::identity::{
    AuthEventKind, Identifier, NewVerification, Opening, Outbox, Registration, Sending, SessionId, SessionToken,
    Unlinked, Unlinking, Verification,
};
use hexado_domain::job::{ClaimedJob, Job, JobQueue};
use hexado_domain::testing::IdentityStores;
use hexado_domain::testing::fixtures::{auth_event, mail, noon, registration, session, user_id};
use hexado_postgres::{PgJobQueue, PgOutbox};

use crate::identity_contract::stores;
use crate::support::Bench;

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

    let event = auth_event(AuthEventKind::EmailVerificationRequested, "bob");
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
        event: auth_event(AuthEventKind::PasswordResetRequested, "ann"),
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

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_lifts_a_ban_that_has_expired_and_no_other() {
    let (bench, stores) = bench().await;
    let open = async |token: &str, lift_ban| {
        let session = hexado_domain::identity::Session {
            id: SessionId::from_stored(token),
            token: SessionToken::from_stored(token),
            ..session("ann")
        };
        let event = auth_event(AuthEventKind::SignedIn, "ann");
        stores.sessions.open(&Opening { session, rehash: None, lift_ban, event }).await.unwrap();
        stores.users.find(&user_id("ann")).await.unwrap().unwrap()
    };
    let ban = "UPDATE users SET banned = true, ban_reason = 'spam', ban_expires = '2026-11-21 11:59Z' WHERE id = 'ann'";
    bench.execute(ban).await;
    assert!(open("one", false).await.banned);
    let lifted = open("two", true).await;
    assert_eq!((lifted.banned, lifted.ban_reason, lifted.ban_expires), (false, None, None));
    // Pronounced since the user was read.
    for again in ["ban_expires = NULL", "ban_expires = '2026-11-21 12:01Z'"] {
        bench.execute(&format!("UPDATE users SET banned = true, ban_reason = 'spam', {again} WHERE id = 'ann'")).await;
        let banned = open(again, true).await;
        assert_eq!((banned.banned, banned.ban_reason.as_deref()), (true, Some("spam")), "{again}");
    }
    assert!(!stores.users.find(&user_id("bob")).await.unwrap().unwrap().banned);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_unlinkings_at_once_one_account_is_left() {
    let (bench, stores) = bench().await;
    for round in 0..5 {
        bench.execute("DELETE FROM accounts WHERE user_id = 'ann'").await;
        for number in 0..4 {
            add_account(&bench, &format!("{round}-{number}")).await;
        }
        let unlinkings: Vec<_> = (0..4).map(|number| unlinking(&format!("{round}-{number}"))).collect();
        let results = join_all(unlinkings.iter().map(|unlinking| stores.accounts.unlink(unlinking))).await;
        let mut unlinked: Vec<_> = results.into_iter().map(Result::unwrap).collect();
        unlinked.sort_by_key(|unlinked| *unlinked == Unlinked::Last);
        assert_eq!(unlinked, [Unlinked::Done, Unlinked::Done, Unlinked::Done, Unlinked::Last]);
        assert_eq!(bench.number("SELECT count(*) FROM accounts WHERE user_id = 'ann'").await, 1);
    }
}

#[tokio::test]
async fn the_accounts_of_others_are_not_found() {
    let (bench, stores) = bench().await;
    add_account(&bench, "one").await;
    add_account(&bench, "two").await;
    for account in ["account-of-bob", "account-of-nobody"] {
        assert_eq!(stores.accounts.unlink(&unlinking(account)).await.unwrap(), Unlinked::NotFound, "{account}");
    }
    assert_eq!(stores.accounts.unlink(&unlinking("one")).await.unwrap(), Unlinked::Done);
}

/// One more account of Ann, at a provider of its own.
async fn add_account(bench: &Bench, id: &str) {
    let columns = "(id, account_id, provider_id, user_id, created_at, updated_at)";
    let values = format!("('{id}', 'ann', 'provider-{id}', 'ann', now(), now())");
    bench.execute(&format!("INSERT INTO accounts {columns} VALUES {values}")).await;
}

fn unlinking(account_id: &str) -> Unlinking {
    let event = auth_event(AuthEventKind::AccountUnlinked, "ann");
    Unlinking { user_id: user_id("ann"), account_id: account_id.to_owned(), event }
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
