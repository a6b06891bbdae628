//! What the contract of second factors cannot say: bans, and rows that another server wrote.

use chrono::TimeDelta;
use hexado_domain::audit::Action;
use hexado_domain::identity::{
    AcceptedCode, Admission, Attempt, ChallengeId, Entry, NewChallenge, Session, SessionId, SessionToken, Standing,
    TwoFactorStore, Use,
};
use hexado_domain::testing::fixtures::{auth_event, noon, session, two_factor, user_id};
use hexado_postgres::PgTwoFactorStore;

use crate::support::{BLOCKED, Bench, connect, until};

/// Ann has a second factor from before there was any column but the first four.
const OLD_ROW: &str = "INSERT INTO two_factors (id, secret, backup_codes, user_id)
    VALUES ('two-factor-of-ann', 'ann:secret', 'ann:codes', 'ann')";

async fn bench() -> (Bench, PgTwoFactorStore) {
    let bench = Bench::new().await;
    bench.execute(OLD_ROW).await;
    bench.execute("UPDATE users SET two_factor_enabled = true WHERE id = 'ann'").await;
    let store = PgTwoFactorStore::new(&bench.postgres);
    (bench, store)
}

fn challenge() -> ChallengeId {
    ChallengeId::parse("2fa-abcdefghijABCDEFGHIJ").unwrap()
}

async fn wait(store: &PgTwoFactorStore) {
    let challenge = NewChallenge {
        record_ids: ["waiting".to_owned(), "tried".to_owned()],
        challenge: challenge(),
        user_id: user_id("ann"),
        rehash: None,
        expires_at: noon() + TimeDelta::minutes(10),
        event: auth_event(Action::TwoFactorRequested, "ann"),
        at: noon(),
    };
    store.challenge(&challenge).await.unwrap();
}

fn entering(step: i64, lift_ban: bool) -> Use {
    let (id, token) = (SessionId::from_stored("one"), SessionToken::from_stored("one"));
    let event = auth_event(Action::SignedIn, "ann");
    let session = Session { id, token, ..session("ann") };
    Use {
        two_factor: two_factor("ann"),
        code: AcceptedCode::Totp(step),
        entry: Some(Entry { challenge: challenge(), session, device: None, lift_ban }),
        session: None,
        event,
        at: noon(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_says_nothing_of_its_confirmation_is_a_confirmed_second_factor() {
    let (_bench, store) = bench().await;
    assert_eq!(store.find(&user_id("ann")).await.unwrap(), Some(two_factor("ann")));
    let standing = store.standing(&user_id("ann"), None, noon()).await.unwrap();
    assert_eq!(standing, Standing { confirmed: true, trusts_device: false });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_code_lifts_a_ban_that_has_expired_and_any_other_refuses_it() {
    let (bench, store) = bench().await;
    wait(&store).await;
    bench.execute("UPDATE users SET banned = true WHERE id = 'ann'").await;
    assert!(!store.use_code(&entering(100, true)).await.unwrap());
    bench.execute("UPDATE users SET ban_expires = '2026-11-21 11:59Z' WHERE id = 'ann'").await;
    assert!(store.use_code(&entering(100, true)).await.unwrap());
    assert_eq!(bench.number("SELECT count(*) FROM users WHERE id = 'ann' AND NOT banned").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_code_waits_for_a_ban_that_is_being_stored_and_is_refused() {
    let (mut bench, store) = bench().await;
    wait(&store).await;
    let (other, entering) = (connect(bench.database.url()).await, entering(100, false));
    let ban = bench.admin.transaction().await.unwrap();
    ban.batch_execute("UPDATE users SET banned = true WHERE id = 'ann'").await.unwrap();
    let commit = async {
        until(&other, BLOCKED, 1).await;
        ban.commit().await.unwrap();
    };
    let (used, ()) = tokio::join!(store.use_code(&entering), commit);
    assert!(!used.unwrap());
    assert_eq!(bench.number("SELECT count(*) FROM sessions").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_of_tries_that_is_no_number_ends_the_sign_in() {
    let (bench, store) = bench().await;
    wait(&store).await;
    bench.execute("UPDATE verifications SET value = 'many' WHERE id = 'tried'").await;
    let attempt =
        Attempt { id: "two-factor-of-ann".to_owned(), challenge: Some(challenge()), locked_until: noon(), at: noon() };
    assert_eq!(store.admit(&attempt).await.unwrap(), Admission::ChallengeSpent);
    assert!(store.pending(&challenge(), noon()).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_is_recorded_and_what_did_not_is_not() {
    let (bench, store) = bench().await;
    wait(&store).await;
    assert!(store.use_code(&entering(100, false)).await.unwrap());
    assert!(!store.use_code(&entering(100, false)).await.unwrap());
    store.refuse(&auth_event(Action::TwoFactorFailed, "ann")).await.unwrap();
    let sql = "SELECT string_agg(action, ' ' ORDER BY id) FROM audit_records WHERE actor = 'ann'";
    let recorded: String = bench.admin.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(recorded, "two_factor_requested signed_in two_factor_failed");
}
