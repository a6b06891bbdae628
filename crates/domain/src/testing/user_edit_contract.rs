//! What [`UserStore`](crate::identity::UserStore) promises of edits and deletions, run against every adapter with
//! [`user_edit_clauses!`](crate::user_edit_clauses), on stores that are empty.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a clause fails by a panic")]

use chrono::TimeDelta;

use super::IdentityStores;
use super::fixtures::{auth_event, noon, registration, user_id};
use super::identity_stores::{named_session, opening};
use super::task_store_contract::join_all;
use crate::audit::Action;
use crate::error::StoreError;
use crate::identity::users::{Deleted, UserDeletion, UserEdit};
use crate::identity::{EMAIL_CONSTRAINT, Identifier, Opening, PasswordHash, Registration, User};
use crate::version::Version;

/// Calls a macro with the names of all clauses.
#[macro_export]
macro_rules! user_edit_clauses {
    ($tests:ident) => {
        $tests! {
            an_edited_user_is_stored_whole
            an_edit_of_another_version_is_stale
            of_many_edits_of_one_version_one_is_stored
            an_address_that_someone_has_is_not_given
            sessions_end_with_an_edit_that_says_so
            no_sign_in_survives_a_ban
            signing_in_counts_as_a_change_when_it_lifts_a_ban
            the_last_admin_is_neither_edited_nor_deleted
            who_is_banned_is_no_other_admin_unless_the_ban_has_expired
            of_admins_who_demote_each_other_one_stays
            of_admins_who_ban_each_other_one_stays
            of_admins_who_delete_each_other_or_themselves_one_stays
            a_user_is_deleted_once
            a_deletion_of_another_version_is_stale
            a_deletion_spends_the_verification_that_permits_it
        }
    };
}

/// What makes `after` of `before`.
fn edit(before: &User, after: User) -> UserEdit {
    UserEdit {
        made_from: before.version,
        user: User { version: before.version.next(), ..after },
        roles_made_from: None,
        loses_admin: false,
        ends_sessions: false,
        event: auth_event(Action::UserUpdated, before.id.as_str()),
    }
}

pub(super) fn role_edit(user: &User, role: &str) -> UserEdit {
    edit(user, User { role: Some(role.to_owned()), ..user.clone() })
}

fn renaming(user: &User, name: &str) -> UserEdit {
    edit(user, User { name: name.to_owned(), ..user.clone() })
}

fn ban(user: &User) -> UserEdit {
    UserEdit { ends_sessions: true, ..edit(user, User { banned: true, ..user.clone() }) }
}

fn losing(edit: UserEdit) -> UserEdit {
    UserEdit { loses_admin: true, ..edit }
}

fn deletion(user: &User) -> UserDeletion {
    UserDeletion::of(user, None, auth_event(Action::UserDeleted, user.id.as_str()))
}

impl IdentityStores {
    async fn user(&self, id: &str) -> User {
        self.users.find(&user_id(id)).await.unwrap().unwrap()
    }

    async fn register(&self, id: &str, role: &str) -> User {
        self.accounts.register(&Registration { role: role.to_owned(), ..registration(id) }).await.unwrap();
        self.user(id).await
    }
}

pub async fn an_edited_user_is_stored_whole(stores: &IdentityStores) {
    let (ann, bob) = (stores.register("ann", "user").await, stores.register("bob", "user").await);
    let after = User {
        name: "Ann %_'\"\\".into(),
        email: "new@example.com".into(),
        email_verified: true,
        image: Some("https://example.com/ann.png".into()),
        role: Some("user,viewer".into()),
        banned: true,
        ban_reason: Some("spam".into()),
        ban_expires: Some(noon() + TimeDelta::days(1)),
        updated_at: noon() + TimeDelta::hours(1),
        ..ann.clone()
    };
    let edit = edit(&ann, after);
    assert!(stores.users.edit(&edit).await.unwrap());
    assert_eq!(stores.user("ann").await, edit.user);
    assert_eq!(stores.user("bob").await, bob);

    let cleared = User { image: None, role: None, banned: false, ban_reason: None, ban_expires: None, ..edit.user };
    let edit = self::edit(&cleared.clone(), cleared);
    assert!(stores.users.edit(&edit).await.unwrap());
    assert_eq!(stores.user("ann").await, edit.user);
}

pub async fn an_edit_of_another_version_is_stale(stores: &IdentityStores) {
    let ann = stores.register("ann", "user").await;
    assert!(stores.users.edit(&renaming(&ann, "Ann")).await.unwrap());
    let late = stores.users.edit(&renaming(&ann, "Anna")).await;
    assert!(matches!(late, Err(StoreError::Stale)), "{late:?}");
    assert_eq!((&*stores.user("ann").await.name, stores.user("ann").await.version), ("Ann", Version::new(2)));
    let nobody = User { id: user_id("nobody"), ..ann };
    assert!(matches!(stores.users.edit(&renaming(&nobody, "N")).await, Err(StoreError::Stale)));
}

pub async fn of_many_edits_of_one_version_one_is_stored(stores: &IdentityStores) {
    let ann = stores.register("ann", "user").await;
    let edits: Vec<_> = (0..8).map(|number| role_edit(&ann, &format!("role{number}"))).collect();
    let results = join_all(edits.iter().map(|edit| stores.users.edit(edit))).await;
    let won: Vec<_> = (0..8).filter(|&number| results[number].is_ok()).collect();
    assert_eq!(won.len(), 1, "{results:?}");
    assert!(results.iter().all(|result| matches!(result, Ok(true) | Err(StoreError::Stale))), "{results:?}");
    assert_eq!(stores.user("ann").await, edits[won[0]].user);
}

pub async fn an_address_that_someone_has_is_not_given(stores: &IdentityStores) {
    let ann = stores.register("ann", "user").await;
    stores.register("bob", "user").await;
    let taking = edit(&ann, User { email: "bob@example.com".into(), ..ann.clone() });
    let result = stores.users.edit(&taking).await;
    assert!(
        matches!(&result, Err(StoreError::Conflict { constraint }) if constraint == EMAIL_CONSTRAINT),
        "{result:?}"
    );
    assert_eq!(stores.user("ann").await, ann);
}

pub async fn sessions_end_with_an_edit_that_says_so(stores: &IdentityStores) {
    for user in ["ann", "bob"] {
        stores.register(user, "user").await;
        stores.open(user, &format!("{user}-one")).await;
        stores.open(user, &format!("{user}-two")).await;
    }
    let ann = stores.user("ann").await;
    assert!(stores.users.edit(&renaming(&ann, "Ann")).await.unwrap());
    assert_eq!(stores.tokens_of("ann").await.len(), 2);
    assert!(stores.users.edit(&ban(&ann)).await.is_err());
    assert_eq!(stores.tokens_of("ann").await.len(), 2, "a stale ban ends nothing");
    assert!(stores.users.edit(&ban(&stores.user("ann").await)).await.unwrap());
    assert!(stores.tokens_of("ann").await.is_empty());
    assert_eq!(stores.tokens_of("bob").await.len(), 2);
}

pub async fn no_sign_in_survives_a_ban(stores: &IdentityStores) {
    for round in 0..10 {
        let id = format!("user{round}");
        let user = stores.register(&id, "user").await;
        let compared = Some(PasswordHash::from_stored(format!("{id}:hash")));
        let sign_in = |number: usize| Opening {
            compared: compared.clone(),
            ..opening(named_session(&id, &format!("{id}-{number}")))
        };
        let (ban, openings) = (ban(&user), (0..6).map(sign_in).collect::<Vec<_>>());
        let writes = (0..7).map(|place| {
            let (ban, openings) = (&ban, &openings);
            // The ban in the midst of them.
            async move {
                match place {
                    3 => assert!(stores.users.edit(ban).await.unwrap()),
                    _ => drop(stores.sessions.open(&openings[place.min(5)]).await),
                }
            }
        });
        join_all(writes).await;
        assert_eq!(stores.tokens_of(&id).await, Vec::<String>::new(), "round {round}");
    }
}

pub async fn signing_in_counts_as_a_change_when_it_lifts_a_ban(stores: &IdentityStores) {
    let ann = stores.register("ann", "user").await;
    let expired = User { banned: true, ban_expires: Some(noon() - TimeDelta::seconds(1)), ..ann.clone() };
    assert!(stores.users.edit(&edit(&ann, expired)).await.unwrap());
    let banned = stores.user("ann").await;
    let lifting = Opening { lift_ban: true, ..opening(named_session("ann", "one")) };
    assert!(stores.sessions.open(&lifting).await.unwrap());
    assert!(matches!(stores.users.edit(&renaming(&banned, "Ann")).await, Err(StoreError::Stale)));
    assert!(!stores.user("ann").await.banned);
}

pub async fn the_last_admin_is_neither_edited_nor_deleted(stores: &IdentityStores) {
    let ann = stores.register("ann", "user, admin").await;
    stores.register("bob", "administrator,admin:x,Admin").await;
    assert!(!stores.users.edit(&losing(role_edit(&ann, "user"))).await.unwrap());
    assert!(!stores.users.edit(&losing(ban(&ann))).await.unwrap());
    assert_eq!(stores.users.delete(&deletion(&ann)).await.unwrap(), Deleted::LastAdmin);
    assert_eq!(stores.user("ann").await, ann);
    assert!(stores.users.edit(&renaming(&ann, "Ann")).await.unwrap(), "what takes no admin is done");

    stores.register("cid", "editor,admin").await;
    assert!(stores.users.edit(&losing(role_edit(&stores.user("ann").await, "user"))).await.unwrap());
    let stale = stores.users.edit(&losing(role_edit(&ann, "user"))).await;
    assert!(matches!(stale, Err(StoreError::Stale)), "who is none any more is judged anew: {stale:?}");
}

pub async fn who_is_banned_is_no_other_admin_unless_the_ban_has_expired(stores: &IdentityStores) {
    let ann = stores.register("ann", "admin").await;
    for (until, others) in [(None, 0), (Some(noon() + TimeDelta::seconds(1)), 0), (Some(noon()), 1)] {
        let bob = stores.register(&format!("bob{}", until.is_some()), "user").await;
        let banned = User { role: Some("admin".into()), banned: true, ban_expires: until, ..bob.clone() };
        let banned = edit(&bob, banned);
        assert!(stores.users.edit(&banned).await.unwrap());
        let done = stores.users.edit(&losing(role_edit(&stores.user("ann").await, "user"))).await.unwrap();
        assert_eq!(done, others > 0, "{until:?}");
        if !done {
            assert_eq!(stores.users.delete(&deletion(&banned.user)).await.unwrap(), Deleted::Done);
        }
    }
    assert_ne!(stores.user("ann").await.role, ann.role);
}

/// Three admins, of whom each is taken by another at the same moment.
async fn three_admins(stores: &IdentityStores, round: usize) -> [User; 3] {
    let register = async |number| stores.register(&format!("admin-{round}-{number}"), "admin").await;
    [register(0).await, register(1).await, register(2).await]
}

async fn assert_one_stayed(stores: &IdentityStores, done: &[bool]) {
    assert_eq!(done.iter().filter(|done| **done).count(), 2, "{done:?}");
    assert!(stores.admins.standing(&super::identity_stores::email("nobody@example.com")).await.unwrap().exists);
}

async fn retire(stores: &IdentityStores, admins: &[User; 3]) {
    // So that none of them is left for the next round: with another way in than the one that is tested.
    let successor = stores.register(&format!("successor-of-{}", admins[0].id), "admin").await;
    for admin in admins {
        if let Some(user) = stores.users.find(&admin.id).await.unwrap() {
            stores.users.delete(&deletion(&user)).await.unwrap();
        }
    }
    let retired = UserEdit { loses_admin: false, ..role_edit(&successor, "user") };
    assert!(stores.users.edit(&retired).await.unwrap());
}

pub async fn of_admins_who_demote_each_other_one_stays(stores: &IdentityStores) {
    for round in 0..5 {
        let admins = three_admins(stores, round).await;
        let edits = admins.clone().map(|admin| losing(role_edit(&admin, "user")));
        let done = join_all(edits.iter().map(|edit| stores.users.edit(edit))).await;
        assert_one_stayed(stores, &done.into_iter().map(Result::unwrap).collect::<Vec<_>>()).await;
        retire(stores, &admins).await;
    }
}

pub async fn of_admins_who_ban_each_other_one_stays(stores: &IdentityStores) {
    for round in 0..5 {
        let admins = three_admins(stores, round).await;
        let edits = admins.clone().map(|admin| losing(ban(&admin)));
        let done = join_all(edits.iter().map(|edit| stores.users.edit(edit))).await;
        assert_one_stayed(stores, &done.into_iter().map(Result::unwrap).collect::<Vec<_>>()).await;
        retire(stores, &admins).await;
    }
}

pub async fn of_admins_who_delete_each_other_or_themselves_one_stays(stores: &IdentityStores) {
    for round in 0..5 {
        let admins = three_admins(stores, round).await;
        let deletions = admins.each_ref().map(deletion);
        assert!(deletions.iter().all(|deletion| deletion.loses_admin));
        let done = join_all(deletions.iter().map(|deletion| stores.users.delete(deletion))).await;
        let done: Vec<_> = done.into_iter().map(|deleted| deleted.unwrap() == Deleted::Done).collect();
        assert_one_stayed(stores, &done).await;
        retire(stores, &admins).await;
    }
}

pub async fn a_user_is_deleted_once(stores: &IdentityStores) {
    let (ann, bob) = (stores.register("ann", "user").await, stores.register("bob", "user").await);
    stores.open("ann", "one").await;
    assert_eq!(stores.users.delete(&deletion(&ann)).await.unwrap(), Deleted::Done);
    assert_eq!(stores.users.find(&user_id("ann")).await.unwrap(), None);
    assert!(stores.tokens_of("ann").await.is_empty());
    assert!(matches!(stores.users.delete(&deletion(&ann)).await, Err(StoreError::Stale)));
    assert_eq!(stores.user("bob").await, bob);
}

pub async fn a_deletion_of_another_version_is_stale(stores: &IdentityStores) {
    let ann = stores.register("ann", "user").await;
    // In between they became an admin, and the only one.
    assert!(stores.users.edit(&role_edit(&ann, "admin")).await.unwrap());
    assert!(matches!(stores.users.delete(&deletion(&ann)).await, Err(StoreError::Stale)));
    assert_eq!(stores.users.delete(&deletion(&stores.user("ann").await)).await.unwrap(), Deleted::LastAdmin);
}

pub async fn a_deletion_spends_the_verification_that_permits_it(stores: &IdentityStores) {
    let permission = Identifier::account_deletion("t0ken").unwrap();
    let by_link = |user: &User| UserDeletion { spends: Some(permission.clone()), ..deletion(user) };
    let (ann, bob) = (stores.register("ann", "user").await, stores.register("bob", "user").await);
    assert_eq!(stores.users.delete(&by_link(&ann)).await.unwrap(), Deleted::NotVerified, "missing");
    stores.permit(&permission, "bob").await;
    assert_eq!(stores.users.delete(&by_link(&ann)).await.unwrap(), Deleted::NotVerified, "another's");
    let late = UserDeletion { at: noon() + TimeDelta::hours(1), ..by_link(&bob) };
    assert_eq!(stores.users.delete(&late).await.unwrap(), Deleted::NotVerified, "expired");
    assert!(stores.verifications.find(&permission).await.unwrap().is_some());
    assert_eq!(stores.users.delete(&by_link(&bob)).await.unwrap(), Deleted::Done);
    assert_eq!(stores.verifications.find(&permission).await.unwrap(), None);
    assert_eq!(stores.user("ann").await, ann);

    let admin = stores.register("cid", "admin").await;
    stores.permit(&permission, "cid").await;
    assert_eq!(stores.users.delete(&by_link(&admin)).await.unwrap(), Deleted::LastAdmin);
    assert!(stores.verifications.find(&permission).await.unwrap().is_some(), "what is refused spends nothing");
}

lists_every_clause!(user_edit_clauses, "user_edit_contract.rs");
