//! The contract of [`VerificationStore`](crate::identity::VerificationStore), and of deleting users by what it keeps. Run
//! against every adapter with [`verification_store_clauses!`](crate::verification_store_clauses), on stores that are empty.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a clause fails by a panic")]

use chrono::TimeDelta;

use super::IdentityStores;
use super::fixtures::{self, auth_event, noon, user_id};
use super::identity_stores::new_verification;
use super::task_store_contract::join_all;
use crate::audit::Action;
use crate::error::StoreError;
use crate::identity::users::{Deleted, UserDeletion};
use crate::identity::{Identifier, Verification};

/// Calls a macro with the names of all clauses.
#[macro_export]
macro_rules! verification_store_clauses {
    ($tests:ident) => {
        $tests! {
            a_verification_is_found_by_its_identifier
            the_newest_verification_counts
            a_user_is_deleted_by_a_verification_that_is_spent
            a_verification_that_does_not_hold_deletes_nobody
            of_many_deletions_by_one_verification_one_succeeds
        }
    };
}

fn permission() -> Identifier {
    Identifier::account_deletion("t0ken").unwrap()
}

fn deletion(user: &str) -> UserDeletion {
    UserDeletion::of(&fixtures::user(user), Some(permission()), auth_event(Action::UserDeleted, user))
}

pub async fn a_verification_is_found_by_its_identifier(stores: &IdentityStores) {
    let long_ago = noon() - TimeDelta::days(1);
    stores.permit_until(&permission(), "ann", long_ago).await;
    let found = stores.verifications.find(&permission()).await.unwrap();
    let expected = Verification { identifier: permission(), user_id: user_id("ann"), expires_at: long_ago };
    assert_eq!(found, Some(expected));
    let other = Identifier::password_reset("t0ken").unwrap();
    assert_eq!(stores.verifications.find(&other).await.unwrap(), None);
}

pub async fn the_newest_verification_counts(stores: &IdentityStores) {
    let end = noon() + TimeDelta::hours(1);
    for (user, second) in [("two", 2), ("three", 3), ("one", 1)] {
        let new = new_verification(&permission(), user, end, noon() + TimeDelta::seconds(second));
        stores.verifications.put(&new).await.unwrap();
        stores.sign_up(user).await;
    }
    let found = stores.verifications.find(&permission()).await.unwrap().unwrap();
    assert_eq!(found.user_id, user_id("three"));
    assert_eq!(stores.users.delete(&deletion("two")).await.unwrap(), Deleted::NotVerified);
    assert_eq!(stores.users.delete(&deletion("three")).await.unwrap(), Deleted::Done);
    // Those that it took the place of do not come back.
    assert_eq!(stores.verifications.find(&permission()).await.unwrap(), None);
}

pub async fn a_user_is_deleted_by_a_verification_that_is_spent(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.sign_up("bob").await;
    let session = stores.open("ann", "one").await;
    stores.permit(&permission(), "ann").await;
    assert_eq!(stores.users.delete(&deletion("ann")).await.unwrap(), Deleted::Done);
    assert_eq!(stores.users.find(&user_id("ann")).await.unwrap(), None);
    assert_eq!(stores.sessions.find_by_id(&session.id).await.unwrap(), None);
    assert_eq!(stores.accounts.list(&user_id("ann")).await.unwrap(), []);
    assert_eq!(stores.verifications.find(&permission()).await.unwrap(), None);
    assert!(stores.users.find(&user_id("bob")).await.unwrap().is_some());
}

pub async fn a_verification_that_does_not_hold_deletes_nobody(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.sign_up("bob").await;
    assert_eq!(stores.users.delete(&deletion("ann")).await.unwrap(), Deleted::NotVerified, "missing");
    stores.permit_until(&permission(), "ann", noon()).await;
    assert_eq!(stores.users.delete(&deletion("ann")).await.unwrap(), Deleted::NotVerified, "expired");
    assert_eq!(stores.users.delete(&deletion("bob")).await.unwrap(), Deleted::NotVerified, "another's");
    assert!(stores.users.find(&user_id("ann")).await.unwrap().is_some());
    assert!(stores.users.find(&user_id("bob")).await.unwrap().is_some());

    let nobody = UserDeletion { spends: Some(Identifier::account_deletion("n0body").unwrap()), ..deletion("nobody") };
    stores.permit(nobody.spends.as_ref().unwrap(), "nobody").await;
    assert!(matches!(stores.users.delete(&nobody).await, Err(StoreError::Stale)), "nobody's");
    assert!(stores.verifications.find(nobody.spends.as_ref().unwrap()).await.unwrap().is_some());
}

pub async fn of_many_deletions_by_one_verification_one_succeeds(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.permit(&permission(), "ann").await;
    let deletion = deletion("ann");
    let results = join_all((0..8).map(|_| stores.users.delete(&deletion))).await;
    assert_eq!(results.iter().filter(|result| matches!(result, Ok(Deleted::Done))).count(), 1, "{results:?}");
    assert_eq!(stores.users.find(&user_id("ann")).await.unwrap(), None);
}

lists_every_clause!(verification_store_clauses, "verification_store_contract.rs");
