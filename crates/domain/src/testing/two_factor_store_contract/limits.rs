use chrono::{DateTime, TimeDelta, Utc};

use super::{challenge_id, totp};
use crate::identity::{Admission, Attempt, TwoFactor};
use crate::testing::IdentityStores;
use crate::testing::fixtures::noon;
use crate::testing::task_store_contract::join_all;

fn attempt(two_factor: &TwoFactor, challenge: Option<usize>, at: DateTime<Utc>) -> Attempt {
    let locked_until = at + TimeDelta::minutes(15);
    Attempt { id: two_factor.id.clone(), challenge: challenge.map(challenge_id), locked_until, at }
}

async fn admissions(stores: &IdentityStores, attempts: &[Attempt]) -> Vec<Admission> {
    let results = join_all(attempts.iter().map(|attempt| stores.two_factors.admit(attempt))).await;
    results.into_iter().map(Result::unwrap).collect()
}

fn granted(admissions: &[Admission]) -> usize {
    admissions.iter().filter(|admission| **admission == Admission::Granted).count()
}

pub async fn a_sign_in_has_five_tries(stores: &IdentityStores) {
    let ann = stores.enrolled("ann").await;
    let challenge = stores.wait("ann", 1).await;
    for _ in 0..5 {
        assert_eq!(admissions(stores, &[attempt(&ann, Some(1), noon())]).await, [Admission::Granted]);
    }
    assert!(stores.two_factors.pending(&challenge, noon()).await.unwrap().is_some());
    assert_eq!(admissions(stores, &[attempt(&ann, Some(1), noon())]).await, [Admission::ChallengeSpent]);
    assert_eq!(stores.two_factors.pending(&challenge, noon()).await.unwrap(), None);
    // The try that was refused does not count for the user, who has five more.
    stores.wait("ann", 2).await;
    for _ in 0..5 {
        assert_eq!(admissions(stores, &[attempt(&ann, Some(2), noon())]).await, [Admission::Granted]);
    }
    assert!(stores.two_factor_of("ann").await.is_locked(noon()));
}

pub async fn of_many_tries_of_one_sign_in_at_once_five_are_granted(stores: &IdentityStores) {
    let ann = stores.enrolled("ann").await;
    stores.wait("ann", 1).await;
    let admissions = admissions(stores, &vec![attempt(&ann, Some(1), noon()); 9]).await;
    assert_eq!(granted(&admissions), 5, "{admissions:?}");
    assert!(!stores.two_factor_of("ann").await.is_locked(noon()));
}

pub async fn ten_wrong_codes_lock_the_second_factor_for_a_while(stores: &IdentityStores) {
    let ann = stores.enrolled("ann").await;
    let bob = stores.enrolled("bob").await;
    for number in 1..=10 {
        assert!(!stores.two_factor_of("ann").await.is_locked(noon()), "{number}");
        assert_eq!(admissions(stores, &[attempt(&ann, None, noon())]).await, [Admission::Granted]);
    }
    let end = noon() + TimeDelta::minutes(15);
    assert_eq!(stores.two_factor_of("ann").await.locked_until, Some(end));
    stores.wait("ann", 1).await;
    let still = end - TimeDelta::milliseconds(1);
    assert_eq!(admissions(stores, &[attempt(&ann, None, still)]).await, [Admission::Locked]);
    assert_eq!(admissions(stores, &[attempt(&ann, Some(1), noon())]).await, [Admission::Locked]);
    assert_eq!(admissions(stores, &[attempt(&bob, None, noon())]).await, [Admission::Granted]);
    // After it there are ten more.
    for _ in 1..=10 {
        assert_eq!(admissions(stores, &[attempt(&ann, None, end)]).await, [Admission::Granted]);
    }
    assert_eq!(admissions(stores, &[attempt(&ann, None, end)]).await, [Admission::Locked]);
}

pub async fn of_many_tries_at_once_ten_are_granted(stores: &IdentityStores) {
    let ann = stores.enrolled("ann").await;
    for number in 0..4 {
        stores.wait("ann", number).await;
    }
    let attempts: Vec<_> = (0..16).map(|number| attempt(&ann, Some(number % 4), noon())).collect();
    let admissions = admissions(stores, &attempts).await;
    assert_eq!(granted(&admissions), 10, "{admissions:?}");
    assert!(stores.two_factor_of("ann").await.is_locked(noon()));
}

pub async fn a_right_code_begins_the_count_anew(stores: &IdentityStores) {
    let ann = stores.enrolled("ann").await;
    for step in [101, 102] {
        for _ in 1..=9 {
            assert_eq!(admissions(stores, &[attempt(&ann, None, noon())]).await, [Admission::Granted]);
        }
        assert!(stores.two_factors.use_code(&totp(&ann, step)).await.unwrap());
    }
    // Even the try that locks may be right.
    assert_eq!(granted(&admissions(stores, &vec![attempt(&ann, None, noon()); 10]).await), 10);
    assert!(stores.two_factors.use_code(&totp(&ann, 103)).await.unwrap());
    assert!(!stores.two_factor_of("ann").await.is_locked(noon()));
}
