//! The contract of [`UserStore`], run against every adapter. Used as [`task_store_contract`](super::task_store_contract) is,
//! with [`user_store_clauses!`](crate::user_store_clauses), on a store without users.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a clause fails by a panic")]

use chrono::TimeDelta;

use super::fixtures::{auth_event, new_user, noon, user_id};
use super::identity_stores::email;
use super::task_store_contract::join_all;
use crate::audit::Action;
use crate::error::StoreError;
use crate::identity::{EMAIL_CONSTRAINT, Email, EmailChange, NewUser, User, UserChange, UserStore};
use crate::patch::Patch;
use crate::version::Version;

/// Calls a macro with the names of all clauses.
#[macro_export]
macro_rules! user_store_clauses {
    ($tests:ident) => {
        $tests! {
            a_user_is_found_once_registered
            a_registered_user_has_nothing_but_what_was_given
            without_an_address_a_user_gets_the_placeholder
            an_address_that_someone_has_gives_the_placeholder
            registering_again_gives_the_user_as_they_are
            of_many_registrations_of_one_user_all_get_the_same
            of_many_users_with_one_address_one_gets_it
            a_user_is_found_by_address
            a_change_changes_what_it_names_and_no_more
            an_address_is_replaced_only_if_it_is_still_there
            an_address_that_someone_has_is_a_conflict
        }
    };
}

fn with_address(id: &str, address: &str) -> NewUser {
    NewUser { email: Email::parse(address), ..new_user(id) }
}

pub async fn a_user_is_found_once_registered(store: &dyn UserStore) {
    assert_eq!(store.find(&user_id("ann")).await.unwrap(), None);
    let ann = store.register(&new_user("ann")).await.unwrap();
    assert_eq!(store.find(&user_id("ann")).await.unwrap(), Some(ann));
    assert_eq!(store.find(&user_id("ANN")).await.unwrap(), None);
}

pub async fn a_registered_user_has_nothing_but_what_was_given(store: &dyn UserStore) {
    let wished = NewUser { name: String::new(), ..new_user("ann") };
    let User {
        id,
        name,
        email,
        email_verified,
        image,
        role,
        banned,
        ban_reason,
        ban_expires,
        two_factor_enabled,
        created_at,
        updated_at,
        version,
    } = store.register(&wished).await.unwrap();
    assert_eq!((id.as_str(), &*name, &*email), ("ann", "", "ann@example.com"));
    assert_eq!((email_verified, image, two_factor_enabled), (false, None, false));
    assert_eq!((banned, ban_reason, ban_expires), (false, None, None));
    assert!(role.is_none_or(|role| role == "user"));
    assert_eq!((created_at, updated_at, version), (wished.at, wished.at, Version::FIRST));
}

pub async fn without_an_address_a_user_gets_the_placeholder(store: &dyn UserStore) {
    let ann = store.register(&NewUser { email: None, ..new_user("ann") }).await.unwrap();
    assert_eq!(ann.email, "ann@users.invalid");
}

pub async fn an_address_that_someone_has_gives_the_placeholder(store: &dyn UserStore) {
    let ann = store.register(&with_address("ann", "one@example.com")).await.unwrap();
    let bob = store.register(&with_address("bob", "one@example.com")).await.unwrap();
    assert_eq!((&*ann.email, &*bob.email), ("one@example.com", "bob@users.invalid"));
    assert_eq!(store.find(&user_id("ann")).await.unwrap(), Some(ann));
    assert_eq!(store.find(&user_id("bob")).await.unwrap(), Some(bob));
}

pub async fn registering_again_gives_the_user_as_they_are(store: &dyn UserStore) {
    let ann = store.register(&new_user("ann")).await.unwrap();
    let again = NewUser { name: "Another".into(), ..with_address("ann", "another@example.com") };
    assert_eq!(store.register(&again).await.unwrap(), ann);
    assert_eq!(store.find(&user_id("ann")).await.unwrap(), Some(ann));
}

pub async fn of_many_registrations_of_one_user_all_get_the_same(store: &dyn UserStore) {
    for round in 0..5 {
        let user = new_user(&format!("ann{round}"));
        let results = join_all((0..8).map(|_| store.register(&user))).await;
        let found = store.find(&user.id).await.unwrap().unwrap();
        for result in results {
            assert_eq!(result.unwrap(), found);
        }
    }
}

pub async fn of_many_users_with_one_address_one_gets_it(store: &dyn UserStore) {
    let users: Vec<_> = (0..8).map(|i| with_address(&format!("user{i}"), "one@example.com")).collect();
    let results = join_all(users.iter().map(|user| store.register(user))).await;
    let addresses: Vec<_> = results.into_iter().map(|result| result.unwrap().email).collect();
    assert_eq!(addresses.iter().filter(|address| *address == "one@example.com").count(), 1, "{addresses:?}");
    assert!(addresses.iter().all(|address| address == "one@example.com" || address.ends_with("@users.invalid")));
}

pub async fn a_user_is_found_by_address(store: &dyn UserStore) {
    let ann = store.register(&new_user("ann")).await.unwrap();
    store.register(&new_user("bob")).await.unwrap();
    assert_eq!(store.find_by_email(&email("ann@example.com")).await.unwrap(), Some(ann));
    assert_eq!(store.find_by_email(&email("cid@example.com")).await.unwrap(), None);
}

/// A change of nothing, a second after noon.
fn change(id: &str) -> UserChange {
    UserChange {
        user_id: user_id(id),
        name: None,
        image: Patch::Keep,
        email: None,
        event: auth_event(Action::UserUpdated, id),
        at: noon() + TimeDelta::seconds(1),
    }
}

fn address_change(id: &str, from: &str, to: &str) -> UserChange {
    UserChange { email: Some(EmailChange { from: email(from), to: email(to), verified: true }), ..change(id) }
}

pub async fn a_change_changes_what_it_names_and_no_more(store: &dyn UserStore) {
    let ann = store.register(&new_user("ann")).await.unwrap();
    let bob = store.register(&new_user("bob")).await.unwrap();
    let mut expected = User { updated_at: change("ann").at, version: Version::new(2), ..ann };
    assert_eq!(store.update(&change("ann")).await.unwrap(), Some(expected.clone()));
    assert_eq!(
        store.update(&change("ann")).await.unwrap(),
        Some(expected.clone()),
        "what changes nothing is not counted"
    );

    let picture = "https://example.com/ann.png".to_owned();
    expected.image = Some(picture.clone());
    expected.version = Version::new(3);
    let set = UserChange { image: Patch::Set(picture), ..change("ann") };
    assert_eq!(store.update(&set).await.unwrap(), Some(expected.clone()));
    expected.name = "Ann".into();
    expected.version = Version::new(4);
    let renamed = UserChange { name: Some("Ann".into()), ..change("ann") };
    assert_eq!(store.update(&renamed).await.unwrap(), Some(expected.clone()));
    expected.image = None;
    expected.version = Version::new(5);
    let cleared = UserChange { image: Patch::Clear, ..change("ann") };
    assert_eq!(store.update(&cleared).await.unwrap(), Some(expected.clone()));

    assert_eq!(store.find(&user_id("ann")).await.unwrap(), Some(expected));
    assert_eq!(store.find(&user_id("bob")).await.unwrap(), Some(bob));
    assert_eq!(store.update(&change("cid")).await.unwrap(), None);
}

pub async fn an_address_is_replaced_only_if_it_is_still_there(store: &dyn UserStore) {
    let ann = store.register(&new_user("ann")).await.unwrap();
    let late = UserChange { name: Some("Ann".into()), ..address_change("ann", "old@example.com", "new@example.com") };
    assert_eq!(store.update(&late).await.unwrap(), None);
    assert_eq!(store.find(&ann.id).await.unwrap(), Some(ann.clone()));

    let in_time = address_change("ann", "ann@example.com", "new@example.com");
    let version = ann.version.next();
    let expected =
        User { email: "new@example.com".into(), email_verified: true, updated_at: in_time.at, version, ..ann };
    assert_eq!(store.update(&in_time).await.unwrap(), Some(expected.clone()));
    assert_eq!(store.find(&expected.id).await.unwrap(), Some(expected));
}

pub async fn an_address_that_someone_has_is_a_conflict(store: &dyn UserStore) {
    let ann = store.register(&new_user("ann")).await.unwrap();
    store.register(&new_user("bob")).await.unwrap();
    let result = store.update(&address_change("ann", "ann@example.com", "bob@example.com")).await;
    assert!(
        matches!(&result, Err(StoreError::Conflict { constraint }) if constraint == EMAIL_CONSTRAINT),
        "{result:?}"
    );
    assert_eq!(store.find(&ann.id).await.unwrap(), Some(ann));
}

lists_every_clause!(user_store_clauses, "user_store_contract.rs");
