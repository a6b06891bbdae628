use chrono::TimeDelta;

use super::*;
use crate::access::MockRoleStore;
use crate::error::Fault;
use crate::identity::{KeyPolicy, KeyService, MockSigningKeyStore, MockTokenSigner};
use crate::testing::fixtures::{noon, session, signed_in, user, user_id};
use crate::testing::{CountingEntropy, MockIdentity, identity_policy};

fn service(identity: MockIdentity) -> ImpersonationService {
    let (ports, policy) = (identity.ports(), Arc::new(identity_policy()));
    let (store, signer) = (Arc::new(MockSigningKeyStore::new()), Arc::new(MockTokenSigner::new()));
    let (clock, entropy) = (Arc::clone(&ports.clock), Arc::new(CountingEntropy::default()));
    let keys = Arc::new(KeyService::new(store, signer, KeyPolicy::default(), clock, entropy));
    let sessions = Arc::new(SessionService::new(ports.clone(), Arc::clone(&policy), keys));
    ImpersonationService::new(ports, sessions, Arc::new(RoleBook::new(Arc::new(MockRoleStore::new()))), policy)
}

/// Root is an admin, Ann a user like others.
fn root() -> SignedIn {
    SignedIn { session: session("root"), user: with_role("root", "admin") }
}

fn with_role(id: &str, role: &str) -> User {
    User { role: Some(role.to_owned()), ..user(id) }
}

/// Root acts as Ann.
fn as_ann() -> SignedIn {
    SignedIn { session: session("ann").impersonated_in(&session("root")), user: user("ann") }
}

fn knowing(found: Option<User>) -> MockIdentity {
    let mut identity = MockIdentity::default();
    identity.users.expect_find().withf(|id| *id == user_id("ann")).returning(move |_| Ok(found.clone()));
    identity
}

fn code<T>(result: Result<T, IdentityError>) -> Result<T, &'static str> {
    result.map_err(|error| error.code())
}

async fn start(identity: MockIdentity, by: &SignedIn) -> Result<SignedIn, &'static str> {
    code(service(identity).start(&Visitor::default(), by, &user_id("ann")).await)
}

#[tokio::test]
async fn an_admin_acts_as_a_user_for_an_hour_and_it_is_recorded_who_as_whom() {
    let mut identity = knowing(Some(with_role("ann", "user")));
    identity
        .sessions
        .expect_impersonate()
        .withf(|made| {
            let event = &made.event;
            let judged = (made.own_role.as_deref(), made.role.as_deref());
            made.own == session("root").id
                && judged == (Some("admin"), Some("user"))
                && (event.action, &event.actor) == (Action::ImpersonationStarted, &Some(user_id("root")))
                && event.target == Some(Target::User(user_id("ann")))
                && event.changes == [FieldChange::to("session", made.session.id.as_str())]
        })
        .once()
        .returning(|_| Ok(true));
    let SignedIn { session, user } = start(identity, &root()).await.unwrap();
    assert_eq!((&session.user_id, &user.id), (&user_id("ann"), &user_id("ann")));
    assert_eq!((session.impersonated_by, session.amr), (Some(user_id("root")), None));
    assert_eq!(session.expires_at, noon() + TimeDelta::hours(1));
}

#[tokio::test]
async fn who_may_not_looks_nobody_up() {
    let refused = start(MockIdentity::default(), &signed_in("bob")).await;
    assert_eq!(refused, Err("permission_missing"));
    // An admin whom another one acts as.
    let nested = SignedIn { session: session("root").impersonated_in(&session("owner")), ..root() };
    assert_eq!(start(MockIdentity::default(), &nested).await, Err("impersonated"));
}

#[tokio::test]
async fn nobody_acts_as_an_unknown_user_as_an_admin_or_as_one_who_changes_meanwhile() {
    assert_eq!(start(knowing(None), &root()).await, Err("user_not_found"));
    assert_eq!(start(knowing(Some(with_role("ann", "user,admin"))), &root()).await, Err("permission_missing"));
    let mut identity = knowing(Some(user("ann")));
    identity.sessions.expect_impersonate().returning(|_| Ok(false));
    assert_eq!(start(identity, &root()).await, Err("impersonation_overtaken"));
}

/// Somebody presents a token of this session and stops.
async fn stop(by: &SignedIn, presented: Option<SignedIn>) -> Result<SignedIn, &'static str> {
    let mut identity = MockIdentity::default();
    let token = presented.as_ref().map(|own| own.session.token.clone());
    identity.sessions.expect_find().returning(move |_, _| Ok(presented.clone()));
    identity.callers.expect_forget().withf(|users| users == [user_id("ann")]).returning(|_| ());
    identity
        .sessions
        .expect_end()
        .withf(|ending| {
            let event = &ending.event;
            ending.user_id == user_id("ann")
                && ending.which == Which::One(session("ann").id)
                && (event.action, &event.actor) == (Action::ImpersonationStopped, &Some(user_id("root")))
                && event.visitor.impersonator.is_none()
        })
        .returning(|_| Ok(1));
    let visitor = Visitor { impersonator: Some(user_id("root")), ..Visitor::default() };
    code(service(identity).stop(&visitor, by, token.as_ref()).await)
}

#[tokio::test]
async fn who_stops_is_back_in_their_own_session() {
    assert_eq!(stop(&as_ann(), Some(root())).await, Ok(root()));
}

#[tokio::test]
async fn who_acts_as_nobody_stops_nothing() {
    assert_eq!(stop(&signed_in("ann"), Some(root())).await, Err("not_impersonating"));
}

#[tokio::test]
async fn nobody_gets_a_session_that_is_not_their_own() {
    let gone = Err("own_session_gone");
    assert_eq!(stop(&as_ann(), None).await, gone);
    assert_eq!(stop(&as_ann(), Some(signed_in("bob"))).await, gone);
    // Another administrator acts as this one.
    let nested = SignedIn { session: session("root").impersonated_in(&session("owner")), ..root() };
    assert_eq!(stop(&as_ann(), Some(nested)).await, gone);
    let banned = SignedIn { user: User { banned: true, ..root().user }, ..root() };
    assert_eq!(stop(&as_ann(), Some(banned)).await, gone);
}
