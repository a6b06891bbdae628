//! The contract of [`AccountStore`](crate::identity::AccountStore), run against every adapter with
//! [`account_store_clauses!`](crate::account_store_clauses), on stores that are empty.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a clause fails by a panic")]

use chrono::TimeDelta;

use super::IdentityStores;
use super::fixtures::{auth_event, mail, new_user, noon, registration, user_id};
use super::identity_stores::{email, hash, named_session};
use super::task_store_contract::join_all;
use crate::audit::Action;
use crate::error::StoreError;
use crate::identity::{
    Account, CREDENTIAL, Candidate, EMAIL_CONSTRAINT, Identifier, Linking, PasswordChange, PasswordProof, Registration,
    SessionsAfter, Unlinked, Unlinking,
};

/// Calls a macro with the names of all clauses.
#[macro_export]
macro_rules! account_store_clauses {
    ($tests:ident) => {
        $tests! {
            who_signs_up_is_stored_with_account_and_session
            who_signs_up_need_not_be_signed_in
            who_is_made_without_a_password_has_no_account
            a_taken_address_stores_nothing
            of_many_who_sign_up_with_one_address_one_succeeds
            a_candidate_need_not_have_a_password
            a_password_is_replaced_if_it_is_the_one_that_was_read
            of_many_replacements_of_one_password_one_succeeds
            a_verification_sets_a_password_once
            a_verification_that_does_not_hold_sets_no_password
            of_many_resets_by_one_verification_one_succeeds
            a_reset_gives_a_password_to_whom_had_none
            of_resets_by_several_verifications_one_makes_the_account
            an_administrator_sets_a_password_whatever_it_was
            a_new_password_leaves_the_sessions_that_it_shall
            an_account_is_linked_once
            nobody_is_linked_to_an_account
            of_many_linkings_of_one_account_one_succeeds
            a_linked_password_is_that_of_who_had_none
            the_only_account_stays
            of_unlinkings_at_once_one_account_is_left
            the_accounts_of_others_are_not_found
        }
    };
}

fn permission() -> Identifier {
    Identifier::password_reset("t0ken").unwrap()
}

fn change(user: &str, new: &str, by: PasswordProof) -> PasswordChange {
    PasswordChange {
        user_id: user_id(user),
        hash: hash(new),
        by,
        sessions: SessionsAfter::Stay,
        account_id: format!("{new}-account-of-{user}"),
        event: auth_event(Action::PasswordChanged, user),
        at: noon(),
    }
}

fn reset(user: &str, new: &str) -> PasswordChange {
    change(user, new, PasswordProof::Spends(permission()))
}

fn replacement(user: &str, old: &str, new: &str) -> PasswordChange {
    change(user, new, PasswordProof::Present(hash(old)))
}

fn unlinking(user: &str, account_id: &str) -> Unlinking {
    let event = auth_event(Action::AccountUnlinked, user);
    Unlinking { user_id: user_id(user), account_id: account_id.to_owned(), event }
}

/// An account of the user at GitHub, which has this number there.
fn github(user: &str, number: &str) -> Linking {
    Linking {
        id: format!("github-{number}-of-{user}"),
        user_id: user_id(user),
        provider_id: "github".into(),
        account_id: number.to_owned(),
        hash: None,
        scope: Some("read:user,user:email".into()),
        event: auth_event(Action::AccountLinked, user),
        at: noon() + TimeDelta::hours(1),
    }
}

pub async fn who_signs_up_is_stored_with_account_and_session(stores: &IdentityStores) {
    let session = named_session("ann", "one");
    let wished = Registration {
        name: String::new(),
        email_verified: true,
        image: Some("https://example.com/ann.png".into()),
        role: "admin".into(),
        session: Some(session.clone()),
        mail: Some(mail("ann")),
        ..registration("ann")
    };
    stores.accounts.register(&wished).await.unwrap();

    let user = stores.users.find(&wished.user_id).await.unwrap().unwrap();
    assert_eq!((&*user.name, &*user.email, user.email_verified), ("", "ann@example.com", true));
    assert_eq!((user.image.as_ref(), user.role.as_deref()), (wished.image.as_ref(), Some("admin")));
    assert_eq!((user.banned, user.two_factor_enabled), (false, false));
    assert_eq!((user.created_at, user.updated_at), (noon(), noon()));
    let account = Account {
        id: wished.account_id.clone(),
        account_id: "ann".into(),
        provider_id: CREDENTIAL.into(),
        user_id: user_id("ann"),
        scope: None,
        created_at: noon(),
        updated_at: noon(),
    };
    assert_eq!(stores.accounts.list(&user_id("ann")).await.unwrap(), [account]);
    assert_eq!(stores.password_of("ann").await, Some(hash("ann:hash")));
    assert_eq!(stores.sessions.find_by_id(&session.id).await.unwrap().unwrap().session, session);
    let candidate = stores.accounts.candidate(&email("ann@example.com")).await.unwrap();
    assert_eq!(candidate, Some(Candidate { user, hash: Some(hash("ann:hash")) }));
}

pub async fn who_signs_up_need_not_be_signed_in(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    assert!(stores.tokens_of("ann").await.is_empty());
}

pub async fn who_is_made_without_a_password_has_no_account(stores: &IdentityStores) {
    stores.accounts.register(&Registration { hash: None, ..registration("ann") }).await.unwrap();
    assert!(stores.users.find(&user_id("ann")).await.unwrap().is_some());
    assert_eq!(stores.accounts.list(&user_id("ann")).await.unwrap(), []);
}

pub async fn a_taken_address_stores_nothing(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    let late = Registration {
        email: email("ann@example.com"),
        session: Some(named_session("bob", "one")),
        ..registration("bob")
    };
    let result = stores.accounts.register(&late).await;
    assert!(
        matches!(&result, Err(StoreError::Conflict { constraint }) if constraint == EMAIL_CONSTRAINT),
        "{result:?}"
    );
    assert_eq!(stores.users.find(&user_id("bob")).await.unwrap(), None);
    assert_eq!(stores.accounts.list(&user_id("bob")).await.unwrap(), []);
    assert!(stores.tokens_of("bob").await.is_empty());
}

pub async fn of_many_who_sign_up_with_one_address_one_succeeds(stores: &IdentityStores) {
    let address = email("one@example.com");
    let registrations: Vec<_> = (0..8)
        .map(|number| Registration { email: address.clone(), ..registration(&format!("user{number}")) })
        .collect();
    let results = join_all(registrations.iter().map(|registration| stores.accounts.register(registration))).await;
    let won: Vec<_> = (0..8).filter(|&number| results[number].is_ok()).collect();
    assert_eq!(won.len(), 1, "{results:?}");
    for lost in results.iter().filter_map(|result| result.as_ref().err()) {
        assert!(matches!(lost, StoreError::Conflict { constraint } if constraint == EMAIL_CONSTRAINT), "{lost:?}");
    }
    let candidate = stores.accounts.candidate(&address).await.unwrap().unwrap();
    assert_eq!(candidate.user.id, registrations[won[0]].user_id);
    assert_eq!(candidate.hash, registrations[won[0]].hash);
}

pub async fn a_candidate_need_not_have_a_password(stores: &IdentityStores) {
    let user = stores.users.register(&new_user("ann")).await.unwrap();
    let candidate = stores.accounts.candidate(&email("ann@example.com")).await.unwrap();
    assert_eq!(candidate, Some(Candidate { user, hash: None }));
    assert_eq!(stores.password_of("ann").await, None);
    assert_eq!(stores.accounts.candidate(&email("bob@example.com")).await.unwrap(), None);
    assert_eq!(stores.password_of("bob").await, None);
}

pub async fn a_password_is_replaced_if_it_is_the_one_that_was_read(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    assert!(!stores.accounts.set_password(&replacement("ann", "another", "new")).await.unwrap());
    assert_eq!(stores.password_of("ann").await, Some(hash("ann:hash")));
    assert!(stores.accounts.set_password(&replacement("ann", "ann:hash", "new")).await.unwrap());
    assert_eq!(stores.password_of("ann").await, Some(hash("new")));
    assert!(!stores.accounts.set_password(&replacement("bob", "ann:hash", "new")).await.unwrap());
}

pub async fn of_many_replacements_of_one_password_one_succeeds(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    let changes: Vec<_> = (0..8).map(|number| replacement("ann", "ann:hash", &format!("new{number}"))).collect();
    let results = join_all(changes.iter().map(|change| stores.accounts.set_password(change))).await;
    let won: Vec<_> = (0..8).filter(|&number| *results[number].as_ref().unwrap()).collect();
    assert_eq!(won.len(), 1);
    assert_eq!(stores.password_of("ann").await, Some(hash(&format!("new{}", won[0]))));
}

pub async fn a_verification_sets_a_password_once(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.permit(&permission(), "ann").await;
    assert!(stores.accounts.set_password(&reset("ann", "new")).await.unwrap());
    assert_eq!(stores.verifications.find(&permission()).await.unwrap(), None);
    assert!(!stores.accounts.set_password(&reset("ann", "newer")).await.unwrap());
    assert_eq!(stores.password_of("ann").await, Some(hash("new")));
    assert_eq!(stores.accounts.list(&user_id("ann")).await.unwrap().len(), 1);
}

pub async fn a_verification_that_does_not_hold_sets_no_password(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.sign_up("bob").await;
    assert!(!stores.accounts.set_password(&reset("ann", "new")).await.unwrap(), "missing");
    stores.permit_until(&permission(), "ann", noon()).await;
    assert!(!stores.accounts.set_password(&reset("ann", "new")).await.unwrap(), "expired");
    let before = PasswordChange { at: noon() - TimeDelta::milliseconds(1), ..reset("bob", "new") };
    assert!(!stores.accounts.set_password(&before).await.unwrap(), "another's");
    assert!(stores.verifications.find(&permission()).await.unwrap().is_some());
    for user in ["ann", "bob"] {
        assert_eq!(stores.password_of(user).await, Some(hash(&format!("{user}:hash"))));
    }

    let nobody = Identifier::password_reset("n0body").unwrap();
    stores.permit(&nobody, "nobody").await;
    let gone = change("nobody", "new", PasswordProof::Spends(nobody.clone()));
    assert!(!stores.accounts.set_password(&gone).await.unwrap(), "nobody's");
    assert!(stores.verifications.find(&nobody).await.unwrap().is_some());
}

pub async fn of_many_resets_by_one_verification_one_succeeds(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.permit(&permission(), "ann").await;
    let resets: Vec<_> = (0..8).map(|number| reset("ann", &format!("new{number}"))).collect();
    let results = join_all(resets.iter().map(|reset| stores.accounts.set_password(reset))).await;
    let won: Vec<_> = (0..8).filter(|&number| *results[number].as_ref().unwrap()).collect();
    assert_eq!(won.len(), 1);
    assert_eq!(stores.password_of("ann").await, Some(hash(&format!("new{}", won[0]))));
}

pub async fn a_reset_gives_a_password_to_whom_had_none(stores: &IdentityStores) {
    stores.users.register(&new_user("ann")).await.unwrap();
    stores.permit(&permission(), "ann").await;
    assert!(stores.accounts.set_password(&reset("ann", "new")).await.unwrap());
    assert_eq!(stores.password_of("ann").await, Some(hash("new")));
    let accounts = stores.accounts.list(&user_id("ann")).await.unwrap();
    let [Account { id, account_id, provider_id, .. }] = &accounts[..] else { panic!("{accounts:?}") };
    assert_eq!((&**id, &**account_id, &**provider_id), ("new-account-of-ann", "ann", CREDENTIAL));
}

pub async fn of_resets_by_several_verifications_one_makes_the_account(stores: &IdentityStores) {
    stores.users.register(&new_user("ann")).await.unwrap();
    let mut resets = Vec::new();
    for number in 0..8 {
        let permission = Identifier::password_reset(&format!("t0ken{number}")).unwrap();
        stores.permit(&permission, "ann").await;
        resets.push(change("ann", &format!("new{number}"), PasswordProof::Spends(permission)));
    }
    for result in join_all(resets.iter().map(|reset| stores.accounts.set_password(reset))).await {
        assert!(result.unwrap());
    }
    assert_eq!(stores.accounts.list(&user_id("ann")).await.unwrap().len(), 1);
}

pub async fn an_administrator_sets_a_password_whatever_it_was(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.users.register(&new_user("bob")).await.unwrap();
    stores.open("ann", "one").await;
    let set = async |user: &str| {
        stores.accounts.set_password(&change(user, "new", PasswordProof::Administration)).await.unwrap()
    };
    assert!(set("ann").await && set("bob").await);
    for user in ["ann", "bob"] {
        assert_eq!(stores.password_of(user).await, Some(hash("new")));
        assert_eq!(stores.accounts.list(&user_id(user)).await.unwrap().len(), 1);
    }
    assert_eq!(stores.tokens_of("ann").await, ["one"]);
    assert!(!set("nobody").await);
}

pub async fn a_new_password_leaves_the_sessions_that_it_shall(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.sign_up("bob").await;
    for (user, token) in [("ann", "one"), ("ann", "two"), ("bob", "other")] {
        stores.open(user, token).await;
    }
    assert!(stores.accounts.set_password(&replacement("ann", "ann:hash", "new")).await.unwrap());
    assert_eq!(stores.tokens_of("ann").await, ["one", "two"]);

    let only = |token: &str| SessionsAfter::OnlyThis(named_session("ann", token));
    let vain = PasswordChange { sessions: only("three"), ..replacement("ann", "another", "newer") };
    assert!(!stores.accounts.set_password(&vain).await.unwrap());
    assert_eq!(stores.tokens_of("ann").await, ["one", "two"]);
    let replaced = PasswordChange { sessions: only("three"), ..replacement("ann", "new", "newer") };
    assert!(stores.accounts.set_password(&replaced).await.unwrap());
    assert_eq!(stores.tokens_of("ann").await, ["three"]);

    stores.permit(&permission(), "ann").await;
    let reset = PasswordChange { sessions: only("four"), ..reset("ann", "newest") };
    assert!(stores.accounts.set_password(&reset).await.unwrap());
    assert_eq!(stores.tokens_of("ann").await, ["four"]);
    assert_eq!(stores.tokens_of("bob").await, ["other"]);
}

pub async fn an_account_is_linked_once(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    let linking = github("ann", "1");
    assert!(stores.accounts.link(&linking).await.unwrap());
    let account = Account {
        id: linking.id.clone(),
        account_id: "1".into(),
        provider_id: "github".into(),
        user_id: user_id("ann"),
        scope: linking.scope.clone(),
        created_at: linking.at,
        updated_at: linking.at,
    };
    assert_eq!(stores.accounts.list(&user_id("ann")).await.unwrap()[1..], *std::slice::from_ref(&account));
    let again = Linking { id: "another".into(), ..linking };
    assert!(!stores.accounts.link(&again).await.unwrap());
    assert_eq!(stores.accounts.list(&user_id("ann")).await.unwrap()[1..], [account]);
    assert!(stores.accounts.link(&github("ann", "2")).await.unwrap());
    assert_eq!(stores.accounts.list(&user_id("ann")).await.unwrap().len(), 3);
}

pub async fn nobody_is_linked_to_an_account(stores: &IdentityStores) {
    assert!(!stores.accounts.link(&github("nobody", "1")).await.unwrap());
    assert_eq!(stores.accounts.list(&user_id("nobody")).await.unwrap(), []);
}

pub async fn of_many_linkings_of_one_account_one_succeeds(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    let linkings: Vec<_> = (0..8).map(|number| Linking { id: format!("{number}"), ..github("ann", "1") }).collect();
    let linked = join_all(linkings.iter().map(|linking| stores.accounts.link(linking))).await;
    assert_eq!(linked.iter().filter(|linked| *linked.as_ref().unwrap()).count(), 1, "{linked:?}");
}

pub async fn a_linked_password_is_that_of_who_had_none(stores: &IdentityStores) {
    stores.users.register(&new_user("ann")).await.unwrap();
    let credential = |id: &str, text: &str| Linking {
        id: id.into(),
        provider_id: CREDENTIAL.into(),
        hash: Some(hash(text)),
        ..github("ann", "ann")
    };
    assert!(stores.accounts.link(&credential("one", "new")).await.unwrap());
    assert!(!stores.accounts.link(&credential("two", "newer")).await.unwrap());
    assert_eq!(stores.password_of("ann").await, Some(hash("new")));
}

pub async fn of_unlinkings_at_once_one_account_is_left(stores: &IdentityStores) {
    for user in ["ann", "bob", "cid", "dan", "eve"] {
        stores.sign_up(user).await;
        let mut unlinkings = vec![unlinking(user, &format!("account-of-{user}"))];
        for number in ["1", "2", "3"] {
            let linking = github(user, number);
            assert!(stores.accounts.link(&linking).await.unwrap());
            unlinkings.push(unlinking(user, &linking.id));
        }
        let results = join_all(unlinkings.iter().map(|unlinking| stores.accounts.unlink(unlinking))).await;
        let mut unlinked: Vec<_> = results.into_iter().map(Result::unwrap).collect();
        unlinked.sort_by_key(|unlinked| *unlinked == Unlinked::Last);
        assert_eq!(unlinked, [Unlinked::Done, Unlinked::Done, Unlinked::Done, Unlinked::Last]);
        assert_eq!(stores.accounts.list(&user_id(user)).await.unwrap().len(), 1);
    }
}

pub async fn the_accounts_of_others_are_not_found(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.sign_up("bob").await;
    let linking = github("ann", "1");
    assert!(stores.accounts.link(&linking).await.unwrap());
    for account in ["account-of-bob", "account-of-nobody"] {
        assert_eq!(stores.accounts.unlink(&unlinking("ann", account)).await.unwrap(), Unlinked::NotFound, "{account}");
    }
    assert_eq!(stores.accounts.unlink(&unlinking("ann", &linking.id)).await.unwrap(), Unlinked::Done);
}

pub async fn the_only_account_stays(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.sign_up("bob").await;
    for account in ["account-of-ann", "account-of-bob", "account-of-nobody"] {
        assert_eq!(stores.accounts.unlink(&unlinking("ann", account)).await.unwrap(), Unlinked::Last, "{account}");
    }
    assert_eq!(stores.accounts.list(&user_id("ann")).await.unwrap().len(), 1);
}

lists_every_clause!(account_store_clauses, "account_store_contract.rs");
