//! The contract of [`AdminStore`](crate::identity::AdminStore), run against every adapter with
//! [`admin_store_clauses!`](crate::admin_store_clauses), on stores that are empty.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a clause fails by a panic")]

use super::IdentityStores;
use super::fixtures::{auth_event, noon, registration, user_id};
use super::identity_stores::{email, hash};
use super::task_store_contract::join_all;
use crate::audit::Action;
use crate::error::StoreError;
use crate::identity::{AdminStanding, EMAIL_CONSTRAINT, Promotion, Registration};

/// Calls a macro with the names of all clauses.
#[macro_export]
macro_rules! admin_store_clauses {
    ($tests:ident) => {
        $tests! {
            the_standing_has_who_has_the_address
            whoever_has_the_role_among_others_is_an_admin
            a_first_admin_is_stored_as_who_signs_up_is
            where_there_is_an_admin_no_first_one_is_made
            of_many_first_admins_one_is_made
            a_first_admin_with_a_taken_address_is_a_conflict
            a_user_becomes_the_first_admin_and_stays_who_they_are
            of_many_who_would_be_the_first_admin_one_is
        }
    };
}

fn admin(id: &str) -> Registration {
    Registration { role: "admin".into(), ..registration(id) }
}

fn with_role(id: &str, role: &str) -> Registration {
    Registration { role: role.into(), ..registration(id) }
}

fn promotion(id: &str) -> Promotion {
    let event = auth_event(Action::RoleSet, id);
    Promotion { user_id: user_id(id), role: "user,admin".into(), event, at: noon() }
}

async fn has_admin(stores: &IdentityStores) -> bool {
    stores.admins.standing(&email("nobody@example.com")).await.unwrap().exists
}

pub async fn the_standing_has_who_has_the_address(stores: &IdentityStores) {
    let standing = async |address: &str| stores.admins.standing(&email(address)).await.unwrap();
    assert_eq!(standing("ann@example.com").await, AdminStanding { exists: false, named: None });
    stores.sign_up("ann").await;
    let ann = stores.users.find(&user_id("ann")).await.unwrap();
    assert_eq!(standing("ann@example.com").await, AdminStanding { exists: false, named: ann.clone() });
    stores.accounts.register(&admin("bob")).await.unwrap();
    assert_eq!(standing("ann@example.com").await, AdminStanding { exists: true, named: ann });
    assert!(standing("bob@example.com").await.exists);
    assert_eq!(standing("cid@example.com").await, AdminStanding { exists: true, named: None });
}

pub async fn whoever_has_the_role_among_others_is_an_admin(stores: &IdentityStores) {
    for (number, role) in ["user", "administrator", "not admin", "admin:tasks", ""].into_iter().enumerate() {
        stores.accounts.register(&with_role(&format!("user{number}"), role)).await.unwrap();
        assert!(!has_admin(stores).await, "{role:?}");
    }
    stores.accounts.register(&with_role("ann", "user, admin ,editor")).await.unwrap();
    assert!(has_admin(stores).await);
}

pub async fn a_first_admin_is_stored_as_who_signs_up_is(stores: &IdentityStores) {
    assert!(stores.admins.register_first(&admin("ann")).await.unwrap());
    let ann = stores.users.find(&user_id("ann")).await.unwrap().unwrap();
    assert_eq!(ann.role.as_deref(), Some("admin"));
    assert_eq!(stores.password_of("ann").await, Some(hash("ann:hash")));
    assert_eq!(stores.accounts.list(&user_id("ann")).await.unwrap().len(), 1);
}

pub async fn where_there_is_an_admin_no_first_one_is_made(stores: &IdentityStores) {
    stores.accounts.register(&admin("ann")).await.unwrap();
    stores.sign_up("bob").await;
    assert!(!stores.admins.register_first(&admin("cid")).await.unwrap());
    assert!(!stores.admins.promote_first(&promotion("bob")).await.unwrap());
    assert_eq!(stores.users.find(&user_id("cid")).await.unwrap(), None);
    assert_eq!(stores.accounts.list(&user_id("cid")).await.unwrap(), []);
    assert_eq!(stores.users.find(&user_id("bob")).await.unwrap().unwrap().role.as_deref(), Some("user"));
}

pub async fn of_many_first_admins_one_is_made(stores: &IdentityStores) {
    let admins: Vec<_> = (0..8).map(|number| admin(&format!("user{number}"))).collect();
    let made = join_all(admins.iter().map(|admin| stores.admins.register_first(admin))).await;
    assert_eq!(made.iter().filter(|made| *made.as_ref().unwrap()).count(), 1, "{made:?}");
}

pub async fn a_first_admin_with_a_taken_address_is_a_conflict(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    let late = Registration { email: email("ann@example.com"), ..admin("bob") };
    let result = stores.admins.register_first(&late).await;
    assert!(
        matches!(&result, Err(StoreError::Conflict { constraint }) if constraint == EMAIL_CONSTRAINT),
        "{result:?}"
    );
}

pub async fn a_user_becomes_the_first_admin_and_stays_who_they_are(stores: &IdentityStores) {
    assert!(!stores.admins.promote_first(&promotion("ann")).await.unwrap());
    stores.sign_up("ann").await;
    assert!(stores.admins.promote_first(&promotion("ann")).await.unwrap());
    let ann = stores.users.find(&user_id("ann")).await.unwrap().unwrap();
    assert_eq!((ann.role.as_deref(), ann.email_verified), (Some("user,admin"), false));
    assert_eq!(stores.password_of("ann").await, Some(hash("ann:hash")));
    assert!(has_admin(stores).await);
}

pub async fn of_many_who_would_be_the_first_admin_one_is(stores: &IdentityStores) {
    let mut promotions = Vec::new();
    for number in 0..4 {
        stores.sign_up(&format!("user{number}")).await;
        promotions.push(promotion(&format!("user{number}")));
    }
    let promoted = join_all(promotions.iter().map(|promotion| stores.admins.promote_first(promotion))).await;
    assert_eq!(promoted.iter().filter(|promoted| *promoted.as_ref().unwrap()).count(), 1, "{promoted:?}");
}

lists_every_clause!(admin_store_clauses, "admin_store_contract.rs");
