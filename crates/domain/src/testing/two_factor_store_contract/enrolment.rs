use super::{confirmation, device, enrolling, sealed};
use crate::audit::Action;
use crate::identity::{BackupCodesReplacement, Disabling, TwoFactor};
use crate::testing::IdentityStores;
use crate::testing::fixtures::{auth_event, noon, user_id};
use crate::testing::identity_stores::named_session;
use crate::testing::task_store_contract::join_all;

fn disabling(user: &str, ends: &str, begins: &str) -> Disabling {
    let event = auth_event(Action::TwoFactorDisabled, user);
    Disabling { ends: named_session(user, ends).id, begins: named_session(user, begins), event }
}

async fn is_enabled(stores: &IdentityStores, user: &str) -> bool {
    stores.users.find(&user_id(user)).await.unwrap().unwrap().two_factor_enabled
}

pub async fn a_prepared_second_factor_is_prepared_anew_until_it_is_confirmed(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.open("ann", "old").await;
    assert_eq!(stores.two_factors.find(&user_id("ann")).await.unwrap(), None);
    assert!(stores.two_factors.enrol(&enrolling("ann", "one")).await.unwrap());
    assert!(stores.two_factors.enrol(&enrolling("ann", "two")).await.unwrap());
    let prepared = stores.two_factor_of("ann").await;
    let expected = TwoFactor {
        id: "one".to_owned(),
        user_id: user_id("ann"),
        secret: sealed("two:secret"),
        backup_codes: sealed("two:codes"),
        confirmed: false,
        locked_until: None,
        last_step: None,
    };
    assert_eq!(prepared, expected);
    assert!(!is_enabled(stores, "ann").await);
    assert!(stores.two_factors.confirm(&confirmation(&prepared, 100, "old", "new")).await.unwrap());
    assert!(!stores.two_factors.enrol(&enrolling("ann", "three")).await.unwrap());
    assert_eq!(stores.two_factor_of("ann").await.secret, sealed("two:secret"));
}

pub async fn of_many_enrolments_at_once_one_row_comes(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    let all: Vec<_> = (0..8).map(|number| enrolling("ann", &format!("number-{number}"))).collect();
    let results = join_all(all.iter().map(|one| stores.two_factors.enrol(one))).await;
    assert!(results.into_iter().all(Result::unwrap));
    stores.open("ann", "old").await;
    // Were there another row, its secret could be prepared anew.
    let prepared = stores.two_factor_of("ann").await;
    assert!(stores.two_factors.confirm(&confirmation(&prepared, 100, "old", "new")).await.unwrap());
    assert!(!stores.two_factors.enrol(&enrolling("ann", "late")).await.unwrap());
}

pub async fn confirming_enables_it_and_replaces_the_session(stores: &IdentityStores) {
    stores.sign_up("bob").await;
    stores.open("bob", "other").await;
    let confirmed = stores.enrolled("ann").await;
    assert!(confirmed.confirmed);
    assert_eq!(confirmed.last_step, Some(100));
    assert!(is_enabled(stores, "ann").await && !is_enabled(stores, "bob").await);
    assert_eq!(stores.tokens_of("ann").await, ["ann-first"]);
    assert_eq!(stores.tokens_of("bob").await, ["other"]);
}

pub async fn a_second_factor_that_changed_since_it_was_read_is_not_confirmed(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.open("ann", "old").await;
    stores.two_factors.enrol(&enrolling("ann", "one")).await.unwrap();
    let read = stores.two_factor_of("ann").await;
    stores.two_factors.enrol(&enrolling("ann", "two")).await.unwrap();
    assert!(!stores.two_factors.confirm(&confirmation(&read, 100, "old", "new")).await.unwrap());
    assert!(!is_enabled(stores, "ann").await);
    assert_eq!(stores.tokens_of("ann").await, ["old"]);
}

pub async fn of_many_confirmations_by_one_code_one_succeeds(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.open("ann", "old").await;
    stores.two_factors.enrol(&enrolling("ann", "one")).await.unwrap();
    let prepared = stores.two_factor_of("ann").await;
    let all: Vec<_> = (0..8).map(|number| confirmation(&prepared, 100, "old", &format!("new-{number}"))).collect();
    let results = join_all(all.iter().map(|one| stores.two_factors.confirm(one))).await;
    assert_eq!(results.into_iter().map(Result::unwrap).filter(|confirmed| *confirmed).count(), 1);
    assert_eq!(stores.tokens_of("ann").await.len(), 1);
}

pub async fn disabling_takes_it_away_and_replaces_the_session(stores: &IdentityStores) {
    stores.enrolled("ann").await;
    stores.enrolled("bob").await;
    assert!(stores.two_factors.disable(&disabling("ann", "ann-first", "ann-next")).await.unwrap());
    assert_eq!(stores.two_factors.find(&user_id("ann")).await.unwrap(), None);
    assert!(!is_enabled(stores, "ann").await && is_enabled(stores, "bob").await);
    assert_eq!(stores.tokens_of("ann").await, ["ann-next"]);
    assert!(stores.two_factors.find(&user_id("bob")).await.unwrap().is_some());
}

pub async fn a_session_that_has_ended_disables_nothing(stores: &IdentityStores) {
    stores.enrolled("ann").await;
    stores.enrolled("bob").await;
    for ended in ["none", "bob-first"] {
        assert!(!stores.two_factors.disable(&disabling("ann", ended, "next")).await.unwrap(), "{ended}");
    }
    assert!(is_enabled(stores, "ann").await);
    assert_eq!(stores.tokens_of("ann").await, ["ann-first"]);
    assert_eq!(stores.tokens_of("bob").await, ["bob-first"]);
}

pub async fn backup_codes_are_replaced(stores: &IdentityStores) {
    let ann = stores.enrolled("ann").await;
    let bob = stores.enrolled("bob").await;
    let event = || auth_event(Action::BackupCodesReplaced, "ann");
    let replacement =
        |id: &str| BackupCodesReplacement { id: id.to_owned(), backup_codes: sealed("others"), event: event() };
    assert!(stores.two_factors.replace_backup_codes(&replacement(&ann.id)).await.unwrap());
    assert!(!stores.two_factors.replace_backup_codes(&replacement("none")).await.unwrap());
    assert_eq!(stores.two_factor_of("ann").await, TwoFactor { backup_codes: sealed("others"), ..ann });
    assert_eq!(stores.two_factor_of("bob").await, bob);
}

pub async fn no_device_is_trusted_after_disabling(stores: &IdentityStores) {
    let (ann, bob) = (stores.enrolled("ann").await, stores.enrolled("bob").await);
    for (number, two_factor) in [(1, &ann), (2, &ann), (3, &bob)] {
        stores.trust(two_factor, number).await;
    }
    assert!(stores.two_factors.disable(&disabling("ann", "ann-first", "ann-next")).await.unwrap());
    let trusts = async |user: &str, number| {
        let id = device(number).id;
        stores.two_factors.standing(&user_id(user), Some(&id), noon()).await.unwrap().trusts_device
    };
    assert_eq!([trusts("ann", 1).await, trusts("ann", 2).await, trusts("bob", 3).await], [false, false, true]);
}
