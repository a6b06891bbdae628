use chrono::TimeDelta;

use super::{challenge_id, entering, sealed, totp};
use crate::audit::Action;
use crate::identity::{AcceptedCode, NewChallenge, Pending, Session, SessionId, TwoFactor, Use};
use crate::testing::IdentityStores;
use crate::testing::fixtures::{auth_event, noon, user_id};
use crate::testing::identity_stores::hash;
use crate::testing::task_store_contract::join_all;

fn backup(two_factor: &TwoFactor, left: &str) -> Use {
    Use { code: AcceptedCode::Backup(sealed(left)), ..totp(two_factor, 0) }
}

async fn spend(stores: &IdentityStores, used: &Use) -> bool {
    stores.two_factors.use_code(used).await.unwrap()
}

pub async fn a_code_opens_the_session_that_waits(stores: &IdentityStores) {
    let ann = stores.enrolled("ann").await;
    let challenge = stores.wait("ann", 1).await;
    let Pending { user, two_factor } = stores.two_factors.pending(&challenge, noon()).await.unwrap().unwrap();
    assert_eq!((user.id, two_factor), (user_id("ann"), Some(ann.clone())));
    assert!(spend(stores, &entering(totp(&ann, 101), 1)).await);
    assert_eq!(stores.tokens_of("ann").await, ["ann-1", "ann-first"]);
    assert_eq!(stores.two_factors.pending(&challenge, noon()).await.unwrap(), None);
    assert_eq!(stores.two_factor_of("ann").await, TwoFactor { last_step: Some(101), ..ann });
}

pub async fn a_step_is_accepted_once_and_none_before_it(stores: &IdentityStores) {
    let ann = stores.enrolled("ann").await;
    stores.wait("ann", 1).await;
    for (step, accepted) in [(100, false), (102, true), (102, false), (101, false), (103, true)] {
        assert_eq!(spend(stores, &totp(&ann, step)).await, accepted, "{step}");
    }
    assert!(!spend(stores, &entering(totp(&ann, 103), 1)).await);
    // The sign-in waits on for a code that is right.
    assert!(spend(stores, &entering(totp(&ann, 104), 1)).await);
}

pub async fn of_many_uses_of_one_code_at_once_one_succeeds(stores: &IdentityStores) {
    let ann = stores.enrolled("ann").await;
    let mut uses = Vec::new();
    for number in 0..8 {
        stores.wait("ann", number).await;
        uses.push(entering(totp(&ann, 101), number));
    }
    let results = join_all(uses.iter().map(|used| stores.two_factors.use_code(used))).await;
    assert_eq!(results.into_iter().map(Result::unwrap).filter(|accepted| *accepted).count(), 1);
    assert_eq!(stores.tokens_of("ann").await.len(), 2);
}

pub async fn of_many_uses_of_one_backup_code_at_once_one_succeeds(stores: &IdentityStores) {
    let ann = stores.enrolled("ann").await;
    let mut uses = Vec::new();
    for number in 0..8 {
        stores.wait("ann", number).await;
        uses.push(entering(backup(&ann, "left"), number));
    }
    let results = join_all(uses.iter().map(|used| stores.two_factors.use_code(used))).await;
    assert_eq!(results.into_iter().map(Result::unwrap).filter(|accepted| *accepted).count(), 1);
    assert_eq!(stores.tokens_of("ann").await.len(), 2);
    assert_eq!(stores.two_factor_of("ann").await, TwoFactor { backup_codes: sealed("left"), ..ann });
}

pub async fn a_code_is_spent_without_a_session(stores: &IdentityStores) {
    let ann = stores.enrolled("ann").await;
    let challenge = stores.wait("ann", 1).await;
    assert!(spend(stores, &backup(&ann, "left")).await);
    assert!(!spend(stores, &backup(&ann, "left")).await);
    assert_eq!(stores.tokens_of("ann").await, ["ann-first"]);
    assert!(stores.two_factors.pending(&challenge, noon()).await.unwrap().is_some());
}

pub async fn a_code_tells_how_the_user_of_the_session_proved_who_they_are(stores: &IdentityStores) {
    let ann = stores.enrolled("ann").await;
    let session = stores.open("ann", "one").await;
    let find = async || stores.sessions.find_by_id(&session.id).await.unwrap().unwrap().session;
    let given_in = |session: &Session, step| Use { session: Some(session.clone()), ..totp(&ann, step) };
    let proven = session.clone().by_second_factor();
    assert!(spend(stores, &given_in(&proven, 101)).await);
    assert_eq!(find().await, proven);
    let again = session.clone().authenticated_again(noon() + TimeDelta::minutes(1));
    assert!(!spend(stores, &given_in(&again, 101)).await, "spent");
    assert_eq!(find().await, proven);
    assert!(spend(stores, &given_in(&again, 102)).await);
    assert_eq!(find().await, again);
}

pub async fn a_code_that_is_given_in_a_session_that_has_ended_is_refused_and_spent(stores: &IdentityStores) {
    let (ann, bob) = (stores.enrolled("ann").await, stores.enrolled("bob").await);
    let session = stores.open("ann", "one").await;
    let given_in = |session: &Session, step| Use { session: Some(session.clone()), ..totp(&ann, step) };
    let expired = Use { at: session.expires_at, ..given_in(&session, 101) };
    assert!(!spend(stores, &expired).await);
    assert!(!spend(stores, &given_in(&session, 101)).await, "spent");
    let unknown = Session { id: SessionId::from_stored("none"), ..session.clone() };
    assert!(!spend(stores, &given_in(&unknown, 102)).await);
    let of_ann = Use { session: Some(session.clone().by_second_factor()), ..totp(&bob, 101) };
    assert!(!spend(stores, &of_ann).await, "another's");
    assert_eq!(stores.sessions.find_by_id(&session.id).await.unwrap().unwrap().session, session);
}

pub async fn a_sign_in_is_finished_in_its_time_and_once(stores: &IdentityStores) {
    let (ann, bob) = (stores.enrolled("ann").await, stores.enrolled("bob").await);
    let challenge = stores.wait("ann", 1).await;
    let end = noon() + TimeDelta::minutes(10);
    assert_eq!(stores.two_factors.pending(&challenge, end).await.unwrap(), None);
    assert_eq!(stores.two_factors.pending(&challenge_id(2), noon()).await.unwrap(), None);
    assert!(!spend(stores, &Use { at: end, ..entering(totp(&ann, 101), 1) }).await, "late");
    assert!(!spend(stores, &entering(totp(&bob, 101), 1)).await, "another's");
    assert!(!spend(stores, &entering(totp(&ann, 102), 2)).await, "unknown");
    assert!(spend(stores, &entering(totp(&ann, 103), 1)).await);
    assert!(!spend(stores, &entering(totp(&ann, 104), 1)).await, "over");
    assert_eq!(stores.tokens_of("ann").await, ["ann-1", "ann-first"]);
    assert_eq!(stores.tokens_of("bob").await, ["bob-first"]);
}

pub async fn who_has_another_second_factor_by_now_is_not_let_in(stores: &IdentityStores) {
    let ann = stores.enrolled("ann").await;
    stores.wait("ann", 1).await;
    let changed = TwoFactor { secret: sealed("another"), ..ann.clone() };
    assert!(!spend(stores, &entering(totp(&changed, 101), 1)).await);
    let nobody = TwoFactor { user_id: user_id("nobody"), ..ann.clone() };
    assert!(!spend(stores, &entering(totp(&nobody, 101), 1)).await);
    assert!(spend(stores, &entering(totp(&ann, 101), 1)).await);
}

pub async fn a_better_hash_is_stored_while_a_sign_in_waits(stores: &IdentityStores) {
    stores.enrolled("ann").await;
    let challenge = async |number: usize, old: &str| {
        let challenge = NewChallenge {
            record_ids: [format!("waiting-{number}"), format!("tried-{number}")],
            challenge: challenge_id(number),
            user_id: user_id("ann"),
            rehash: Some((hash(old), hash("better"))),
            expires_at: noon() + TimeDelta::minutes(10),
            event: auth_event(Action::TwoFactorRequested, "ann"),
            at: noon(),
        };
        stores.two_factors.challenge(&challenge).await.unwrap();
        stores.password_of("ann").await
    };
    assert_eq!(challenge(1, "another").await, Some(hash("ann:hash")));
    assert_eq!(challenge(2, "ann:hash").await, Some(hash("better")));
}
