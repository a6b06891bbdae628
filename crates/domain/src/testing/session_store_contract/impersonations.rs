//! Sessions in which administrators act as users.

use chrono::TimeDelta;

use super::{ending, rotation};
use crate::identity::{Impersonation, Session, SessionId, Which};
use crate::testing::IdentityStores;
use crate::testing::identity_stores::{impersonation, named_session};
use crate::testing::task_store_contract::join_all;

pub async fn an_administrator_acts_as_a_user_if_nothing_changed_since_it_was_judged(stores: &IdentityStores) {
    for name in ["ann", "bob", "root"] {
        stores.sign_up(name).await;
    }
    let own = stores.open("root", "own").await;
    stores.open("bob", "bobs").await;
    let judged = |token: &str| impersonation(&own, "ann", token);
    let nested = judged("nested").session.impersonated_in(&named_session("bob", "bobs"));
    let expired = own.expires_at + TimeDelta::milliseconds(1);
    for (what, refused) in [
        ("another role", Impersonation { role: Some("support".into()), ..judged("one") }),
        ("no role any more", Impersonation { role: None, ..judged("one") }),
        ("another role of the administrator", Impersonation { own_role: Some("admin".into()), ..judged("one") }),
        ("a session that has ended", Impersonation { own: SessionId::from_stored("none"), ..judged("one") }),
        ("a session of somebody else", Impersonation { own: SessionId::from_stored("bobs"), ..judged("one") }),
        ("an administrator who has another session", Impersonation { session: nested, ..judged("one") }),
        ("nobody", impersonation(&own, "nobody", "one")),
        ("an expired session", {
            let judged = judged("one");
            Impersonation { session: Session { created_at: expired, ..judged.session }, ..judged }
        }),
    ] {
        assert!(!stores.sessions.impersonate(&refused).await.unwrap(), "{what}");
    }
    assert!(stores.tokens_of("ann").await.is_empty());

    let allowed = judged("one");
    assert!(stores.sessions.impersonate(&allowed).await.unwrap());
    assert_eq!(stores.sessions.find_by_id(&allowed.session.id).await.unwrap().unwrap().session, allowed.session);
    // In that session nobody acts as a third one.
    assert!(!stores.sessions.impersonate(&impersonation(&allowed.session, "bob", "two")).await.unwrap());
}

pub async fn an_impersonation_ends_with_the_administrators_own_session_and_with_either_user(stores: &IdentityStores) {
    for name in ["ann", "bob", "root"] {
        stores.sign_up(name).await;
    }
    let [own, other] = [stores.open("root", "own").await, stores.open("root", "other").await];
    stores.open("ann", "anns").await;
    for (own, user, token) in [(&own, "ann", "one"), (&other, "ann", "two"), (&other, "bob", "three")] {
        assert!(stores.sessions.impersonate(&impersonation(own, user, token)).await.unwrap());
    }
    // A new token is no end.
    assert!(stores.sessions.rotate(&rotation(&own, "new")).await.unwrap());
    assert_eq!(stores.tokens_of("ann").await, ["anns", "one", "two"]);
    assert_eq!(stores.sessions.end(&ending("root", Which::One(own.id))).await.unwrap(), 1);
    assert_eq!(stores.tokens_of("ann").await, ["anns", "two"]);
    stores.delete("bob").await;
    assert_eq!(stores.tokens_of("bob").await, [""; 0]);
    stores.delete("root").await;
    assert_eq!(stores.tokens_of("ann").await, ["anns"]);
}

pub async fn no_impersonation_survives_the_end_of_the_administrators_own_session(stores: &IdentityStores) {
    stores.sign_up("ann").await;
    stores.sign_up("root").await;
    for round in 0..10 {
        let own = stores.open("root", &format!("own{round}")).await;
        let run = async |number: usize| match number {
            4 => assert_eq!(stores.sessions.end(&ending("root", Which::All)).await.unwrap(), 1),
            number => {
                stores.sessions.impersonate(&impersonation(&own, "ann", &format!("{round}-{number}"))).await.unwrap();
            }
        };
        join_all((0..8).map(run)).await;
        assert!(stores.tokens_of("ann").await.is_empty(), "{round}");
    }
}
