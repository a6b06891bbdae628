use chrono::TimeDelta;

use super::*;
use crate::error::Fault;
use crate::identity::key::KeyPolicy;
use crate::identity::{MockSigningKeyStore, MockTokenSigner, User};
use crate::testing::fixtures::{noon, signed_in, signing_key, user_id};
use crate::testing::{CountingEntropy, MockIdentity, identity_policy};

fn service(identity: MockIdentity) -> SessionService {
    let ports = identity.ports();
    let mut signer = MockTokenSigner::new();
    signer.expect_sign().returning(|_, _| Ok("a.b.c".into()));
    let mut store = MockSigningKeyStore::new();
    store.expect_all().returning(|| Ok(vec![signing_key("k")]));
    let (clock, entropy) = (Arc::clone(&ports.clock), Arc::new(CountingEntropy::default()));
    let keys = KeyService::new(Arc::new(store), Arc::new(signer), KeyPolicy::default(), clock, entropy);
    SessionService::new(ports, Arc::new(identity_policy()), Arc::new(keys))
}

/// A store that holds one session, whatever token is asked for.
fn holding(signed_in: SignedIn) -> MockIdentity {
    let mut identity = MockIdentity::default();
    identity.sessions.expect_find().returning(move |_, _| Ok(Some(signed_in.clone())));
    identity
}

fn token(text: &str) -> SessionToken {
    SessionToken::from_stored(text)
}

fn visitor() -> Visitor {
    Visitor::default()
}

#[tokio::test]
async fn a_live_session_is_found_and_extended_once_a_day() {
    let found = service(holding(signed_in("ann"))).find_present(&token("ann"), true).await.unwrap().unwrap();
    assert_eq!(found, Present { signed_in: signed_in("ann"), extended: false });

    let mut identity = holding(signed_in("ann"));
    identity.clock.advance(TimeDelta::days(1));
    let expected = noon() + TimeDelta::days(8);
    identity
        .sessions
        .expect_extend()
        .withf(move |extension| extension.expires_at == expected)
        .once()
        .returning(|_| Ok(true));
    let found = service(identity).find_present(&token("ann"), true).await.unwrap().unwrap();
    assert!(found.extended);
    assert_eq!(found.signed_in.session.expires_at, expected);
}

#[tokio::test]
async fn a_session_that_ended_while_it_was_extended_is_gone() {
    let mut identity = holding(signed_in("ann"));
    identity.clock.advance(TimeDelta::days(1));
    identity.sessions.expect_extend().returning(|_| Ok(false));
    assert_eq!(service(identity).find_present(&token("ann"), true).await.unwrap(), None);
}

#[tokio::test]
async fn an_expired_session_is_deleted_when_met() {
    let mut identity = holding(signed_in("ann"));
    identity.clock.advance(TimeDelta::days(7));
    let session_id = signed_in("ann").session.id;
    identity
        .sessions
        .expect_end()
        .withf(move |ending| ending.which == Which::One(session_id.clone()))
        .once()
        .returning(|_| Ok(1));
    assert_eq!(service(identity).find(&token("ann")).await.unwrap(), None);
}

#[tokio::test]
async fn a_session_of_a_banned_user_does_not_count() {
    let mut banned = signed_in("ann");
    banned.user = User { banned: true, ..banned.user };
    assert_eq!(service(holding(banned)).find(&token("ann")).await.unwrap(), None);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_forgets_the_caller_at_once() {
    let mut identity = holding(signed_in("ann"));
    identity.sessions.expect_end().withf(|ending| ending.user_id == user_id("ann")).once().returning(|_| Ok(1));
    identity.callers.expect_forget().withf(|users| users == [user_id("ann")]).once().returning(|_| ());
    service(identity).sign_out(&visitor(), &token("ann")).await.unwrap();
}

#[tokio::test]
async fn signing_out_without_a_session_changes_nothing() {
    let mut identity = MockIdentity::default();
    identity.sessions.expect_find().returning(|_, _| Ok(None));
    service(identity).sign_out(&visitor(), &token("ann")).await.unwrap();
}

#[tokio::test]
async fn refreshing_replaces_the_token_and_leaves_the_old_one_a_grace() {
    let mut identity = holding(signed_in("ann"));
    identity
        .sessions
        .expect_rotate()
        .withf(|rotation| {
            rotation.from == token("ann")
                && rotation.to != token("ann")
                && rotation.grace_until == noon() + TimeDelta::seconds(30)
        })
        .once()
        .returning(|_| Ok(true));
    identity.callers.expect_forget().once().returning(|_| ());
    let refreshed = service(identity).refresh(&visitor(), &token("ann")).await.unwrap();
    assert_ne!(refreshed.session.token, token("ann"));
    assert_eq!(refreshed.session.id, signed_in("ann").session.id);
}

#[tokio::test]
async fn the_second_of_two_refreshes_gets_what_the_first_made() {
    // The stored token is another one than the one that is presented: it was replaced a moment ago.
    let refreshed = service(holding(signed_in("ann"))).refresh(&visitor(), &token("old")).await.unwrap();
    assert_eq!(refreshed, signed_in("ann"));

    let mut lost = holding(signed_in("ann"));
    lost.sessions.expect_rotate().once().returning(|_| Ok(false));
    assert_eq!(service(lost).refresh(&visitor(), &token("ann")).await.unwrap(), signed_in("ann"));
}

#[tokio::test]
async fn nothing_is_refreshed_without_a_session() {
    let mut identity = MockIdentity::default();
    identity.sessions.expect_find().returning(|_, _| Ok(None));
    let refusal = service(identity).refresh(&visitor(), &token("ann")).await.unwrap_err();
    assert_eq!(refusal.code(), "session_expired");
}

#[tokio::test]
async fn a_session_gets_a_jwt() {
    let jwt = service(MockIdentity::default()).token(&signed_in("ann")).await.unwrap();
    assert_eq!(jwt, "a.b.c");
}
