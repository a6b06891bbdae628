//! The contract of [`SessionStore`](crate::identity::SessionStore), run against every adapter with
//! [`session_store_clauses!`](crate::session_store_clauses), on stores that are empty.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a clause fails by a panic")]

mod impersonations;

use chrono::TimeDelta;

pub use impersonations::*;

use super::IdentityStores;
use super::fixtures::{auth_event, new_user, noon, session, user_id};
use super::identity_stores::{hash, named_session, opening};
use super::task_store_contract::join_all;
use crate::audit::{Action, AuditEvent};
use crate::identity::{
    Ending, Extension, Opening, PasswordChange, PasswordProof, Reauthentication, Rotation, Session, SessionId,
    SessionToken, SessionsAfter, SignedIn, Which,
};

/// Calls a macro with the names of all clauses.
#[macro_export]
macro_rules! session_store_clauses {
    ($tests:ident) => {
        $tests! {
            a_session_is_found_with_its_user_by_token_and_by_id
            a_session_is_kept_whole
            an_expired_session_is_found_but_not_listed
            sessions_are_listed_the_newest_first
            a_session_of_nobody_is_not_opened
            a_session_is_opened_by_the_present_password_only
            no_sign_in_survives_a_new_password_that_ends_all_sessions
            a_better_hash_takes_the_place_of_the_one_that_was_read
            a_session_that_is_extended_lives_on
            a_session_that_is_gone_is_not_extended
            a_replaced_token_counts_until_its_grace_ends
            a_token_is_replaced_once
            of_many_rotations_at_once_one_succeeds
            a_session_counts_from_when_its_user_authenticated_again
            only_a_session_of_the_user_that_lives_is_authenticated_again
            a_session_that_is_ended_and_authenticated_again_at_once_has_ended
            a_session_ends_by_the_token_that_it_had
            each_way_of_ending_ends_these_sessions_and_no_others
            nobody_ends_the_sessions_of_others
            an_administrator_acts_as_a_user_if_nothing_changed_since_it_was_judged
            an_impersonation_ends_with_the_administrators_own_session_and_with_either_user
            no_impersonation_survives_the_end_of_the_administrators_own_session
        }
    };
}

fn token(text: &str) -> SessionToken {
    SessionToken::from_stored(text)
}

fn ending(user: &str, which: Which) -> Ending {
    Ending { user_id: user_id(user), which, event: auth_event(Action::SessionsRevoked, user) }
}

fn rotation(session: &Session, to: &str) -> Rotation {
    Rotation {
        session_id: session.id.clone(),
        from: session.token.clone(),
        to: token(to),
        grace_until: noon() + TimeDelta::seconds(30),
        expires_at: noon() + TimeDelta::days(8),
        event: auth_event(Action::SessionRefreshed, "ann"),
        at: noon() + TimeDelta::seconds(1),
    }
}

pub async fn a_session_is_found_with_its_user_by_token_and_by_id(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.sign_up("bob").await;
    let session = stores.open("ann", "one").await;
    stores.open("bob", "two").await;
    let user = stores.users.find(&user_id("ann")).await.unwrap().unwrap();
    let expected = Some(SignedIn { session: session.clone(), user });
    assert_eq!(stores.sessions.find(&session.token, noon()).await.unwrap(), expected);
    assert_eq!(stores.sessions.find_by_id(&session.id).await.unwrap(), expected);
    assert_eq!(stores.sessions.find(&token("ONE"), noon()).await.unwrap(), None);
    assert_eq!(stores.sessions.find_by_id(&SessionId::from_stored("three")).await.unwrap(), None);
}

pub async fn a_session_is_kept_whole(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    let session = Session {
        updated_at: noon() + TimeDelta::seconds(1),
        ip_address: "192.0.2.1".into(),
        user_agent: "curl/8".into(),
        impersonated_by: Some(user_id("root")),
        authenticated_at: Some(noon() + TimeDelta::seconds(2)),
        amr: Some("pwd otp".into()),
        ..session("ann")
    };
    assert!(stores.sessions.open(&opening(session.clone())).await.unwrap());
    assert_eq!(stores.sessions.find_by_id(&session.id).await.unwrap().unwrap().session, session);
}

pub async fn an_expired_session_is_found_but_not_listed(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    let session = stores.open("ann", "one").await;
    let end = session.expires_at;
    assert!(stores.sessions.find(&session.token, end).await.unwrap().is_some());
    assert!(stores.sessions.find_by_id(&session.id).await.unwrap().is_some());
    let listed = async |now| stores.sessions.list(&user_id("ann"), now).await.unwrap().len();
    assert_eq!((listed(end - TimeDelta::milliseconds(1)).await, listed(end).await), (1, 0));
}

pub async fn sessions_are_listed_the_newest_first(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.sign_up("bob").await;
    stores.open("bob", "other").await;
    for (name, second) in [("two", 2), ("three", 3), ("one", 1)] {
        let created_at = noon() + TimeDelta::seconds(second);
        let session = Session { created_at, ..named_session("ann", name) };
        assert!(stores.sessions.open(&opening(session)).await.unwrap());
    }
    let listed = stores.sessions.list(&user_id("ann"), noon()).await.unwrap();
    let tokens: Vec<_> = listed.iter().map(|session| session.token.as_str()).collect();
    assert_eq!(tokens, ["three", "two", "one"]);
}

pub async fn a_session_of_nobody_is_not_opened(stores: &IdentityStores) {
    assert!(!stores.sessions.open(&opening(session("ann"))).await.unwrap());
}

pub async fn a_session_is_opened_by_the_present_password_only(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.users.register(&new_user("bob")).await.unwrap();
    for (user, compared, opened) in [
        ("ann", Some("another"), false),
        ("ann", Some("ann:hash"), true),
        ("ann", None, true),
        ("bob", Some("ann:hash"), false),
        ("bob", None, true),
    ] {
        let session = named_session(user, &format!("{user} {compared:?}"));
        let opening = Opening { compared: compared.map(hash), ..opening(session) };
        assert_eq!(stores.sessions.open(&opening).await.unwrap(), opened, "{user} {compared:?}");
    }
    assert_eq!(stores.tokens_of("ann").await, ["ann None", "ann Some(\"ann:hash\")"]);
    assert_eq!(stores.tokens_of("bob").await, ["bob None"]);
}

pub async fn no_sign_in_survives_a_new_password_that_ends_all_sessions(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    let mut present = "ann:hash".to_owned();
    for round in 0..10 {
        let open = async |number: usize| {
            let session = named_session("ann", &format!("{round}-{number}"));
            let opening = Opening { compared: Some(hash(&present)), ..opening(session) };
            stores.sessions.open(&opening).await.unwrap();
        };
        let (new, kept) = (format!("new{round}"), format!("kept{round}"));
        let change = PasswordChange {
            user_id: user_id("ann"),
            hash: hash(&new),
            by: PasswordProof::Present(hash(&present)),
            sessions: SessionsAfter::OnlyThis(named_session("ann", &kept)),
            account_id: "unused".into(),
            event: auth_event(Action::PasswordChanged, "ann"),
            at: noon(),
        };
        let set = async |number: usize| match number {
            4 => assert!(stores.accounts.set_password(&change).await.unwrap()),
            number => open(number).await,
        };
        join_all((0..8).map(set)).await;
        assert_eq!(stores.tokens_of("ann").await, [kept]);
        present = new;
    }
}

pub async fn a_better_hash_takes_the_place_of_the_one_that_was_read(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.sign_up("bob").await;
    let open = async |name: &str, old: &str| {
        let (compared, rehash) = (Some(hash(old)), Some(hash("better")));
        let opening = Opening { compared, rehash, ..opening(named_session("ann", name)) };
        (stores.sessions.open(&opening).await.unwrap(), stores.password_of("ann").await)
    };
    assert_eq!(open("one", "another").await, (false, Some(hash("ann:hash"))));
    assert_eq!(open("two", "ann:hash").await, (true, Some(hash("better"))));
    assert_eq!(open("three", "ann:hash").await, (false, Some(hash("better"))));
    assert_eq!(stores.password_of("bob").await, Some(hash("bob:hash")));
    assert_eq!(stores.tokens_of("ann").await, ["two"]);
}

pub async fn a_session_that_is_extended_lives_on(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    let session = stores.open("ann", "one").await;
    let (expires_at, at) = (noon() + TimeDelta::days(8), noon() + TimeDelta::days(1));
    let extension = Extension { session_id: session.id.clone(), expires_at, at };
    assert!(stores.sessions.extend(&extension).await.unwrap());
    let found = stores.sessions.find(&session.token, at).await.unwrap().unwrap().session;
    assert_eq!(found, Session { expires_at, updated_at: at, ..session });
}

pub async fn a_session_that_is_gone_is_not_extended(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    let session = stores.open("ann", "one").await;
    stores.sessions.end(&ending("ann", Which::All)).await.unwrap();
    let extension = Extension { session_id: session.id.clone(), expires_at: session.expires_at, at: noon() };
    assert!(!stores.sessions.extend(&extension).await.unwrap());
    assert_eq!(stores.sessions.find_by_id(&session.id).await.unwrap(), None);
}

pub async fn a_replaced_token_counts_until_its_grace_ends(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    let session = stores.open("ann", "old").await;
    let rotation = rotation(&session, "new");
    assert!(stores.sessions.rotate(&rotation).await.unwrap());
    let Rotation { grace_until, expires_at, at, .. } = rotation;
    let rotated = Session { token: token("new"), expires_at, updated_at: at, ..session };
    let find =
        async |text: &str, now| stores.sessions.find(&token(text), now).await.unwrap().map(|found| found.session);
    assert_eq!(find("new", grace_until).await, Some(rotated.clone()));
    assert_eq!(find("old", grace_until - TimeDelta::milliseconds(1)).await, Some(rotated));
    assert_eq!(find("old", grace_until).await, None);
}

pub async fn a_token_is_replaced_once(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    let session = stores.open("ann", "old").await;
    assert!(stores.sessions.rotate(&rotation(&session, "new")).await.unwrap());
    assert!(!stores.sessions.rotate(&rotation(&session, "newer")).await.unwrap());
    assert_eq!(stores.tokens_of("ann").await, ["new"]);
}

pub async fn of_many_rotations_at_once_one_succeeds(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    let session = stores.open("ann", "old").await;
    let rotations: Vec<_> = (0..8).map(|number| rotation(&session, &format!("new{number}"))).collect();
    let results = join_all(rotations.iter().map(|rotation| stores.sessions.rotate(rotation))).await;
    let won: Vec<_> = (0..8).filter(|&number| *results[number].as_ref().unwrap()).collect();
    assert_eq!(won.len(), 1);
    assert_eq!(stores.tokens_of("ann").await, [format!("new{}", won[0])]);
}

fn again(session: &Session, minutes: i64) -> Reauthentication {
    let at = noon() + TimeDelta::minutes(minutes);
    let session = session.clone().authenticated_again(at).by_second_factor();
    let event = AuditEvent { at, ..auth_event(Action::AuthenticatedAgain, session.user_id.as_str()) };
    Reauthentication { session, event }
}

pub async fn a_session_counts_from_when_its_user_authenticated_again(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    let session = stores.open("ann", "one").await;
    let other = stores.open("ann", "two").await;
    let find = async |id: &SessionId| stores.sessions.find_by_id(id).await.unwrap().unwrap().session;
    for minutes in [1, 20] {
        let again = again(&session, minutes);
        assert!(stores.sessions.authenticate_again(&again).await.unwrap());
        assert_eq!(find(&session.id).await, again.session);
    }
    assert_eq!(find(&other.id).await, other);
}

pub async fn only_a_session_of_the_user_that_lives_is_authenticated_again(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.sign_up("bob").await;
    let session = stores.open("ann", "one").await;
    let of_bob = Session { user_id: user_id("bob"), ..session.clone() };
    let unknown = Session { id: SessionId::from_stored("none"), ..session.clone() };
    let late = Reauthentication {
        event: AuditEvent { at: session.expires_at, ..auth_event(Action::AuthenticatedAgain, "ann") },
        ..again(&session, 1)
    };
    for refused in [again(&of_bob, 1), again(&unknown, 1), late] {
        assert!(!stores.sessions.authenticate_again(&refused).await.unwrap(), "{refused:?}");
    }
    assert_eq!(stores.sessions.find_by_id(&session.id).await.unwrap().unwrap().session, session);
}

pub async fn a_session_that_is_ended_and_authenticated_again_at_once_has_ended(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    for round in 0..10 {
        let session = stores.open("ann", &format!("round-{round}")).await;
        let ends = ending("ann", Which::One(session.id.clone()));
        let step = async |number: usize| match number {
            3 => assert_eq!(stores.sessions.end(&ends).await.unwrap(), 1),
            _ => drop(stores.sessions.authenticate_again(&again(&session, 1)).await.unwrap()),
        };
        join_all((0..6).map(step)).await;
        assert!(!stores.sessions.authenticate_again(&again(&session, 1)).await.unwrap());
        assert_eq!(stores.sessions.find_by_id(&session.id).await.unwrap(), None);
    }
}

pub async fn a_session_ends_by_the_token_that_it_had(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    let session = stores.open("ann", "old").await;
    assert!(stores.sessions.rotate(&rotation(&session, "new")).await.unwrap());
    assert_eq!(stores.sessions.end(&ending("ann", Which::OfToken(token("old")))).await.unwrap(), 1);
    assert!(stores.tokens_of("ann").await.is_empty());
}

pub async fn each_way_of_ending_ends_these_sessions_and_no_others(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.sign_up("bob").await;
    stores.open("bob", "other").await;
    let one = || SessionId::from_stored("one");
    for (which, ended, left) in [
        (Which::All, 3, vec![]),
        (Which::AllBut(one()), 2, vec!["one"]),
        (Which::One(one()), 1, vec!["three", "two"]),
        (Which::OfToken(token("two")), 1, vec!["one", "three"]),
        (Which::OfToken(token("none")), 0, vec!["one", "three", "two"]),
    ] {
        stores.sessions.end(&ending("ann", Which::All)).await.unwrap();
        for name in ["one", "two", "three"] {
            stores.open("ann", name).await;
        }
        assert_eq!(stores.sessions.end(&ending("ann", which.clone())).await.unwrap(), ended, "{which:?}");
        assert_eq!(stores.tokens_of("ann").await, left, "{which:?}");
    }
    assert_eq!(stores.tokens_of("bob").await, ["other"]);
}

pub async fn nobody_ends_the_sessions_of_others(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.sign_up("bob").await;
    let session = stores.open("bob", "other").await;
    for which in [
        Which::All,
        Which::AllBut(SessionId::from_stored("none")),
        Which::One(session.id),
        Which::OfToken(session.token),
    ] {
        assert_eq!(stores.sessions.end(&ending("ann", which)).await.unwrap(), 0);
    }
    assert_eq!(stores.tokens_of("bob").await, ["other"]);
}

lists_every_clause!(session_store_clauses, "session_store_contract.rs", "session_store_contract/impersonations.rs");
