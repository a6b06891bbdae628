//! The contract of [`RoleStore`], run against every adapter with [`role_store_clauses!`](crate::role_store_clauses), on a store
//! without roles and users.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a clause fails by a panic")]

use std::pin::Pin;
use std::sync::Arc;

use chrono::TimeDelta;

use super::fixtures::{auth_event, noon, registration, role, user_id};
use super::task_store_contract::join_all;
use super::user_edit_contract::role_edit;
use crate::access::{Removed, Role, RoleCatalog, RoleChange, RoleDescription, RoleName, RoleRemoval, RoleStore};
use crate::audit::{Action, AuditEvent};
use crate::error::StoreError;
use crate::identity::users::UserEdit;
use crate::identity::{AccountStore, Registration, UserStore};
use crate::version::Version;

/// Calls a macro with the names of all clauses.
#[macro_export]
macro_rules! role_store_clauses {
    ($tests:ident) => {
        $tests! {
            a_role_is_kept_whole
            a_role_replaces_the_one_that_has_its_name
            roles_are_in_the_order_of_their_names
            every_change_makes_a_new_revision
            a_change_that_was_made_from_another_revision_is_stale
            of_two_changes_at_once_one_is_stale
            a_role_that_users_hold_is_not_removed
            no_more_than_ten_holders_are_named
            roles_are_given_only_as_they_were_judged
            of_a_role_that_is_given_and_removed_at_once_one_is_refused
        }
    };
}

/// The store of roles and that of users, who may hold them.
pub struct RoleStores {
    pub roles: Arc<dyn RoleStore>,
    pub accounts: Arc<dyn AccountStore>,
    pub users: Arc<dyn UserStore>,
}

impl RoleStores {
    /// Stores a role as the next change.
    async fn put(&self, role: Role) -> Result<(), StoreError> {
        let made_from = self.all().await.revision;
        self.roles.put(&change(role, made_from), &event()).await
    }

    async fn remove(&self, name: &str) -> Result<Removed, StoreError> {
        let made_from = self.all().await.revision;
        self.roles.remove(&RoleRemoval { name: RoleName::from_stored(name), made_from }, &event()).await
    }

    async fn all(&self) -> RoleCatalog {
        self.roles.all().await.unwrap()
    }

    async fn sign_up(&self, id: &str, roles: &str) {
        let registration = Registration { role: roles.to_owned(), ..registration(id) };
        self.accounts.register(&registration).await.unwrap();
    }
}

fn event() -> AuditEvent {
    auth_event(Action::RoleChanged, "ann")
}

fn change(role: Role, made_from: i64) -> RoleChange {
    let permissions = role.definition.own_permissions();
    RoleChange { role, permissions, made_from }
}

pub async fn a_role_is_kept_whole(stores: &RoleStores) {
    assert_eq!(stores.all().await.roles, []);
    let mut whole = role("support_2-b", &["task:read-any", "session:*", "*"], &["user", "viewer"]);
    whole.definition.description = RoleDescription::parse("Größe, „%_'\"\\{}, 🦀").ok();
    whole.history.version = Version::new(7);
    whole.history.updated_at = noon() + TimeDelta::microseconds(123_456);
    let plain = role("plain", &[], &[]);
    for role in [&whole, &plain] {
        stores.put(role.clone()).await.unwrap();
    }
    assert_eq!(stores.all().await.roles, [plain, whole]);
}

pub async fn a_role_replaces_the_one_that_has_its_name(stores: &RoleStores) {
    let mut old = role("viewer", &["task:*"], &["user"]);
    old.definition.description = RoleDescription::parse("Reads").ok();
    stores.put(old).await.unwrap();
    stores.put(role("other", &[], &[])).await.unwrap();
    let mut new = role("viewer", &["audit:read"], &[]);
    new.history.version = Version::new(2);
    new.history.updated_at = noon() + TimeDelta::hours(1);
    stores.put(new.clone()).await.unwrap();
    assert_eq!(stores.all().await.roles, [role("other", &[], &[]), new]);
}

pub async fn roles_are_in_the_order_of_their_names(stores: &RoleStores) {
    let names = ["-a", "0", "a", "a-b", "a_b", "ab", "b"];
    for name in names.into_iter().rev() {
        stores.put(role(name, &[], &[])).await.unwrap();
    }
    let all = stores.all().await.roles;
    let mut sorted = names.map(RoleName::from_stored);
    sorted.sort();
    assert!(all.iter().map(Role::name).eq(&sorted), "{all:?}");
}

pub async fn every_change_makes_a_new_revision(stores: &RoleStores) {
    let mut revisions = vec![stores.all().await.revision];
    stores.put(role("viewer", &[], &[])).await.unwrap();
    revisions.push(stores.all().await.revision);
    stores.put(role("viewer", &["task:*"], &[])).await.unwrap();
    revisions.push(stores.all().await.revision);
    assert_eq!(stores.remove("viewer").await.unwrap(), Removed::Done);
    revisions.push(stores.all().await.revision);
    assert!(revisions.windows(2).all(|pair| pair[0] < pair[1]), "{revisions:?}");
    assert_eq!(stores.all().await.roles, []);
}

pub async fn a_change_that_was_made_from_another_revision_is_stale(stores: &RoleStores) {
    let before = stores.all().await.revision;
    stores.put(role("viewer", &[], &[])).await.unwrap();
    let present = stores.all().await;
    for other in [before, present.revision + 1] {
        for name in ["viewer", "another"] {
            let put = stores.roles.put(&change(role(name, &["task:*"], &[]), other), &event()).await;
            assert!(matches!(put, Err(StoreError::Stale)), "{put:?}");
        }
        let removal = RoleRemoval { name: RoleName::from_stored("viewer"), made_from: other };
        let removed = stores.roles.remove(&removal, &event()).await;
        assert!(matches!(removed, Err(StoreError::Stale)), "{removed:?}");
    }
    assert_eq!(stores.all().await, present);
}

pub async fn of_two_changes_at_once_one_is_stale(stores: &RoleStores) {
    for round in 0..10 {
        let made_from = stores.all().await.revision;
        let changes = ["one", "other"].map(|name| change(role(&format!("{name}-{round}"), &[], &[]), made_from));
        let event = event();
        let results = join_all(changes.iter().map(|change| stores.roles.put(change, &event))).await;
        let stored = results.iter().filter(|result| result.is_ok()).count();
        let stale = results.iter().filter(|result| matches!(result, Err(StoreError::Stale))).count();
        assert_eq!((stored, stale), (1, 1), "{results:?}");
        assert_eq!(stores.all().await.roles.len(), round + 1);
    }
}

pub async fn a_role_that_users_hold_is_not_removed(stores: &RoleStores) {
    for name in ["view", "viewer", "view_r"] {
        stores.put(role(name, &[], &[])).await.unwrap();
    }
    stores.sign_up("cid", "user,viewer").await;
    stores.sign_up("bob", "viewer").await;
    stores.sign_up("ann", "admin, viewer ,user").await;
    stores.sign_up("dan", "viewers").await;
    let holders = Removed::HeldBy(["ann", "bob", "cid"].map(user_id).to_vec());
    let revision = stores.all().await.revision;
    assert_eq!(stores.remove("viewer").await.unwrap(), holders);
    assert_eq!(stores.all().await.revision, revision);
    assert_eq!(stores.remove("view").await.unwrap(), Removed::Done);
    assert_eq!(stores.remove("view_r").await.unwrap(), Removed::Done);
}

pub async fn no_more_than_ten_holders_are_named(stores: &RoleStores) {
    stores.put(role("viewer", &[], &[])).await.unwrap();
    for number in 10..22 {
        stores.sign_up(&format!("user-{number}"), "viewer").await;
    }
    let first: Vec<_> = (10..20).map(|number| user_id(&format!("user-{number}"))).collect();
    assert_eq!(stores.remove("viewer").await.unwrap(), Removed::HeldBy(first));
}

pub async fn roles_are_given_only_as_they_were_judged(stores: &RoleStores) {
    stores.put(role("viewer", &[], &[])).await.unwrap();
    stores.sign_up("ann", "user").await;
    let ann = stores.users.find(&user_id("ann")).await.unwrap().unwrap();
    let judged = stores.all().await.revision;
    let given = |revision| UserEdit { roles_made_from: Some(revision), ..role_edit(&ann, "viewer") };
    let made = |id, revision| Registration { roles_made_from: Some(revision), ..registration(id) };
    stores.put(role("viewer", &["task:*"], &[])).await.unwrap();
    assert!(matches!(stores.users.edit(&given(judged)).await, Err(StoreError::Stale)));
    assert!(matches!(stores.accounts.register(&made("bob", judged)).await, Err(StoreError::Stale)));
    assert_eq!(stores.users.find(&user_id("bob")).await.unwrap(), None);
    let judged = stores.all().await.revision;
    assert!(stores.users.edit(&given(judged)).await.unwrap());
    stores.accounts.register(&made("bob", judged)).await.unwrap();
}

pub async fn of_a_role_that_is_given_and_removed_at_once_one_is_refused(stores: &RoleStores) {
    for round in 0..10 {
        let (name, id) = (format!("role-{round}"), format!("user-{round}"));
        stores.put(role(&name, &[], &[])).await.unwrap();
        stores.sign_up(&id, "user").await;
        let user = stores.users.find(&user_id(&id)).await.unwrap().unwrap();
        let judged = stores.all().await.revision;
        let edit = UserEdit { roles_made_from: Some(judged), ..role_edit(&user, &name) };
        let removal = RoleRemoval { name: RoleName::from_stored(&*name), made_from: judged };
        let event = event();
        let give = async { stores.users.edit(&edit).await.is_ok() };
        let remove = async { matches!(stores.roles.remove(&removal, &event).await, Ok(Removed::Done)) };
        let both: Vec<_> = [Box::pin(give) as Pin<Box<dyn Future<Output = bool>>>, Box::pin(remove)].into();
        let done = join_all(both).await;
        assert_ne!(done[0], done[1], "round {round}");
    }
}

lists_every_clause!(role_store_clauses, "role_store_contract.rs");
