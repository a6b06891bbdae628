mod recent;

use mockall::Sequence;

use super::super::key::KeyPolicy;
use super::super::keys::KeyService;
use super::super::policy::VerifiedEmail;
use super::super::ports::{
    MockAuthChanges, MockCallerCache, MockSessionStore, MockSigningKeyStore, MockTokenSigner, MockTokenVerifier,
    MockUserStore,
};
use super::super::session::SessionId;
use super::super::token::Epoch;
use super::*;
use crate::access::{BuiltIn, MockRoleStore, Permission, RoleCatalog};
use crate::error::{ErrorKind, Fault, StoreError};
use crate::testing::fixtures::{caller, noon, role, signed_in, user, user_id};
use crate::testing::{CountingEntropy, FixedClock, MockIdentity, identity_policy};

const JWT: Credential<'_> = Credential::Bearer("a.b.c");

fn verified() -> VerifiedToken {
    VerifiedToken {
        issuer: "https://issuer.example".into(),
        subject: user_id("ann"),
        email: Some("ann@example.com".into()),
        name: Some("Ann".into()),
        session_id: None,
        issued_at: None,
        authenticated_at: None,
        amr: vec![],
        acr: None,
        expires_at: noon() + TimeDelta::minutes(15),
    }
}

fn accepting() -> MockTokenVerifier {
    let mut verifier = MockTokenVerifier::new();
    verifier.expect_verify().returning(|_| Ok(verified()));
    verifier
}

fn forgetful() -> MockCallerCache {
    let mut callers = MockCallerCache::new();
    callers.expect_find().returning(|_| None);
    callers.expect_epoch().returning(Epoch::default);
    callers.expect_keep().returning(|_, _, _| ());
    callers
}

fn knowing(user: User) -> MockUserStore {
    let mut users = MockUserStore::new();
    users.expect_find().returning(move |_| Ok(Some(user.clone())));
    users
}

fn service(verifier: MockTokenVerifier, users: MockUserStore, callers: MockCallerCache) -> IdentityService {
    following(verifier, users, callers, MockAuthChanges::new(), Arc::new(FixedClock::at(noon())))
}

fn following(
    verifier: MockTokenVerifier,
    users: MockUserStore,
    callers: MockCallerCache,
    changes: MockAuthChanges,
    clock: Arc<FixedClock>,
) -> IdentityService {
    over(MockIdentity { users, callers, clock, ..MockIdentity::default() }, verifier, changes)
}

fn over(identity: MockIdentity, verifier: MockTokenVerifier, changes: MockAuthChanges) -> IdentityService {
    let mut roles = MockRoleStore::new();
    roles.expect_all().returning(|| Ok(RoleCatalog::default()));
    with(identity, verifier, changes, roles, identity_policy())
}

fn with(
    identity: MockIdentity,
    verifier: MockTokenVerifier,
    changes: MockAuthChanges,
    roles: MockRoleStore,
    policy: IdentityPolicy,
) -> IdentityService {
    let (ports, policy, roles) = (identity.ports(), Arc::new(policy), RoleBook::new(Arc::new(roles)));
    let (store, signer) = (Arc::new(MockSigningKeyStore::new()), Arc::new(MockTokenSigner::new()));
    let (clock, entropy) = (Arc::clone(&ports.clock), Arc::new(CountingEntropy::default()));
    let keys = Arc::new(KeyService::new(store, signer, KeyPolicy::default(), clock, entropy));
    let sessions = Arc::new(SessionService::new(ports.clone(), Arc::clone(&policy), keys));
    IdentityService::new(ports, Arc::new(verifier), Arc::new(changes), sessions, Arc::new(roles), policy)
}

fn in_sessions(sessions: MockSessionStore) -> MockIdentity {
    let mut identity = MockIdentity { sessions, callers: forgetful(), ..MockIdentity::default() };
    identity.signer.expect_unsign().returning(|_| None);
    identity
}

fn quiet() -> MockAuthChanges {
    let mut changes = MockAuthChanges::new();
    changes.expect_within().returning(|_| Ok(vec![]));
    changes
}

#[tokio::test]
async fn a_known_user_is_who_the_token_says_with_the_permissions_of_the_stored_role() {
    let admin = User { role: Some("admin".into()), ..user("ann") };
    let actor = service(accepting(), knowing(admin), forgetful()).authenticate(JWT, true).await.unwrap().actor;
    assert_eq!(actor, Actor::new(user_id("ann"), BuiltIn::Admin.permissions()));
    let actor = service(accepting(), knowing(user("ann")), forgetful()).authenticate(JWT, true).await.unwrap().actor;
    assert!(!actor.may(Permission::TaskReadAny));
}

#[tokio::test]
async fn a_user_that_was_never_seen_is_stored() {
    let mut users = MockUserStore::new();
    users.expect_find().returning(|_| Ok(None));
    users
        .expect_register()
        .withf(|new| new.name == "Ann" && new.email.as_ref().is_some_and(|email| email.as_str() == "ann@example.com"))
        .once()
        .returning(|_| Ok(user("ann")));
    let actor = service(accepting(), users, forgetful()).authenticate(JWT, true).await.unwrap().actor;
    assert_eq!(actor.user_id, user_id("ann"));
}

#[tokio::test]
async fn a_banned_user_is_refused_and_not_remembered() {
    let banned = User { banned: true, ..user("ann") };
    let mut callers = MockCallerCache::new();
    callers.expect_find().returning(|_| None);
    callers.expect_epoch().returning(Epoch::default);
    callers.expect_keep().never();
    let refusal = service(accepting(), knowing(banned), callers).authenticate(JWT, true).await.unwrap_err();
    assert_eq!((refusal.kind(), refusal.code()), (ErrorKind::Unauthenticated, "user_banned"));
}

/// A cache that remembers ann until `expires_at`.
fn remembering(expires_at: DateTime<Utc>) -> MockCallerCache {
    let mut callers = MockCallerCache::new();
    callers.expect_find().returning(move |_| Some(Caller { expires_at, ..caller("ann") }));
    callers.expect_epoch().returning(Epoch::default);
    callers
}

/// A verifier that must be asked exactly so often, and refuses.
fn asked(times: usize) -> MockTokenVerifier {
    let mut verifier = MockTokenVerifier::new();
    verifier.expect_verify().times(times).returning(|_| Err(TokenError::Expired));
    verifier
}

#[tokio::test]
async fn a_remembered_caller_costs_no_look_up_until_the_token_expires() {
    for (expires_at, verifications) in [(noon() + TimeDelta::seconds(1), 0), (noon(), 1)] {
        let clock = Arc::new(FixedClock::at(noon()));
        let callers = remembering(expires_at);
        let service = following(asked(verifications), MockUserStore::new(), callers, quiet(), clock);
        service.follow_changes().await.unwrap();
        assert_eq!(service.authenticate(JWT, true).await.is_ok(), verifications == 0);
    }
}

#[tokio::test]
async fn a_remembered_caller_counts_only_while_the_news_of_changed_users_is_fresh() {
    let clock = Arc::new(FixedClock::at(noon()));
    let callers = remembering(noon() + TimeDelta::hours(1));
    let service = following(asked(2), MockUserStore::new(), callers, quiet(), clock.clone());
    assert!(service.authenticate(JWT, true).await.is_err());
    service.follow_changes().await.unwrap();
    clock.advance(TimeDelta::seconds(1));
    assert!(service.authenticate(JWT, true).await.is_ok());
    clock.advance(TimeDelta::milliseconds(1));
    assert!(service.authenticate(JWT, true).await.is_err());
}

#[tokio::test]
async fn a_remembered_caller_may_do_what_their_roles_permit_by_now() {
    let mut callers = MockCallerCache::new();
    callers.expect_find().returning(|_| Some(Caller { roles: "user,support".into(), ..caller("ann") }));
    let mut roles = MockRoleStore::new();
    for permissions in [&["task:read-any"][..], &[]] {
        let catalog = RoleCatalog { revision: 1, roles: vec![role("support", permissions, &[])] };
        roles.expect_all().once().return_once(|| Ok(catalog));
    }
    let identity = MockIdentity { callers, ..MockIdentity::default() };
    let service = with(identity, asked(0), quiet(), roles, identity_policy());
    for allowed in [true, false] {
        service.follow_changes().await.unwrap();
        assert_eq!(service.authenticate(JWT, true).await.unwrap().actor.may(Permission::TaskReadAny), allowed);
    }
}

#[tokio::test]
async fn while_roles_cannot_be_read_callers_are_looked_up_and_those_that_are_built_in_work() {
    let mut roles = MockRoleStore::new();
    roles.expect_all().returning(|| Err(StoreError::unavailable("down")));
    let admin = User { role: Some("admin".into()), ..user("ann") };
    let mut callers = MockCallerCache::new();
    callers.expect_find().never();
    callers.expect_epoch().returning(Epoch::default);
    callers.expect_keep().returning(|_, _, _| ());
    let identity = MockIdentity { users: knowing(admin), callers, ..MockIdentity::default() };
    let service = with(identity, accepting(), quiet(), roles, identity_policy());
    assert!(service.follow_changes().await.is_err());
    assert!(service.authenticate(JWT, true).await.unwrap().actor.may(Permission::RoleWrite));
}

#[tokio::test]
async fn an_address_must_be_verified_where_it_must_be() {
    use Intent::{Read, Write};
    for (verified_email, refused) in [
        (VerifiedEmail::Optional, vec![]),
        (VerifiedEmail::ToWrite, vec![Write]),
        (VerifiedEmail::Always, vec![Read, Write]),
    ] {
        for (email_verified, intent) in [(false, Read), (false, Write), (true, Read), (true, Write)] {
            let somebody = User { email_verified, ..user("ann") };
            let identity = MockIdentity { users: knowing(somebody), callers: forgetful(), ..MockIdentity::default() };
            let policy = IdentityPolicy { verified_email, ..identity_policy() };
            let service = with(identity, accepting(), MockAuthChanges::new(), MockRoleStore::new(), policy);
            let actor = service.authenticate(JWT, true).await.unwrap().actor;
            let expected = if !email_verified && refused.contains(&intent) {
                Err((ErrorKind::Forbidden, "email_not_verified"))
            } else {
                Ok(())
            };
            let result = service.check_email(&actor, intent).map_err(|error| (error.kind(), error.code()));
            assert_eq!(result, expected, "{verified_email:?} {email_verified} {intent:?}");
        }
    }
}

#[tokio::test]
async fn changed_users_are_forgotten_and_news_that_did_not_come_is_no_news() {
    let mut callers = remembering(noon() + TimeDelta::hours(1));
    callers.expect_forget().withf(|users| users == [user_id("ann")]).once().returning(|_| ());
    let mut changes = MockAuthChanges::new();
    changes.expect_within().withf(|age| *age == REMEMBERED).once().returning(|_| Ok(vec![user_id("ann")]));
    changes.expect_within().returning(|_| Err(StoreError::unavailable("down")));
    let clock = Arc::new(FixedClock::at(noon()));
    let service = following(asked(1), MockUserStore::new(), callers, changes, clock.clone());
    service.follow_changes().await.unwrap();
    clock.advance(TimeDelta::seconds(2));
    assert!(service.follow_changes().await.is_err());
    assert!(service.authenticate(JWT, true).await.is_err());
}

#[tokio::test]
async fn each_way_to_fail_has_its_code() {
    let failures = [
        (TokenError::Expired, ErrorKind::Unauthenticated, "token_expired"),
        (TokenError::Invalid("signature".into()), ErrorKind::Unauthenticated, "token_invalid"),
        (TokenError::Unavailable("no key set".into()), ErrorKind::Unavailable, "unavailable"),
    ];
    for (error, kind, code) in failures {
        let mut verifier = MockTokenVerifier::new();
        verifier.expect_verify().return_once(|_| Err(error));
        let failure = service(verifier, MockUserStore::new(), forgetful()).authenticate(JWT, true).await.unwrap_err();
        assert_eq!((failure.kind(), failure.code()), (kind, code));
    }
    let mut users = MockUserStore::new();
    users.expect_find().returning(|_| Err(StoreError::unavailable("down")));
    let failure = service(accepting(), users, forgetful()).authenticate(JWT, true).await.unwrap_err();
    assert_eq!(failure.kind(), ErrorKind::Unavailable);
    assert_eq!(AuthError::Missing.code(), "not_authenticated");
}

#[tokio::test]
async fn a_session_token_is_whose_session_it_is() {
    let mut sessions = MockSessionStore::new();
    sessions.expect_find().withf(|token, _| token.as_str() == "ann").returning(|_, _| Ok(Some(signed_in("ann"))));
    let service = over(in_sessions(sessions), MockTokenVerifier::new(), MockAuthChanges::new());
    let actor = service.authenticate(Credential::Bearer("ann"), true).await.unwrap().actor;
    assert_eq!(actor.session_id, Some(signed_in("ann").session.id));
    assert_eq!(actor.user_id, user_id("ann"));
}

#[tokio::test]
async fn an_unknown_session_token_is_refused_and_so_is_a_raw_one_in_the_cookie() {
    let mut sessions = MockSessionStore::new();
    sessions.expect_find().once().returning(|_, _| Ok(None));
    let service = over(in_sessions(sessions), MockTokenVerifier::new(), MockAuthChanges::new());
    let refusal = service.authenticate(Credential::Bearer("nobody"), true).await.unwrap_err();
    assert_eq!((refusal.kind(), refusal.code()), (ErrorKind::Unauthenticated, "session_expired"));
    let refusal = service.authenticate(Credential::SessionCookie("ann"), true).await.unwrap_err();
    assert_eq!(refusal.code(), "token_invalid");
}

#[tokio::test]
async fn a_replaced_session_token_is_not_remembered() {
    let mut sessions = MockSessionStore::new();
    sessions.expect_find().returning(|_, _| Ok(Some(signed_in("ann"))));
    let mut callers = MockCallerCache::new();
    callers.expect_find().returning(|_| None);
    callers.expect_epoch().returning(Epoch::default);
    callers.expect_keep().never();
    let identity = MockIdentity { sessions, callers, ..MockIdentity::default() };
    let service = over(identity, MockTokenVerifier::new(), MockAuthChanges::new());
    assert!(service.authenticate(Credential::Bearer("the-old-one"), true).await.is_ok());
}

/// A cache that is asked for its epoch before `session` is looked up, and is to keep ann with it until `end`.
fn in_order(end: DateTime<Utc>) -> (MockSessionStore, MockCallerCache) {
    let (mut sequence, mut sessions, mut callers) = (Sequence::new(), MockSessionStore::new(), MockCallerCache::new());
    callers.expect_find().returning(|_| None);
    callers.expect_epoch().once().in_sequence(&mut sequence).returning(|| Epoch(7));
    sessions.expect_find().once().in_sequence(&mut sequence).returning(|_, _| Ok(Some(signed_in("ann"))));
    let expected = move |caller: &Caller, epoch: Epoch| caller.expires_at == end && epoch == Epoch(7);
    let keep = callers.expect_keep().withf(move |_, caller, epoch| expected(caller, *epoch));
    keep.once().in_sequence(&mut sequence).returning(|_, _, _| ());
    (sessions, callers)
}

#[tokio::test]
async fn who_is_looked_up_is_kept_as_of_before_the_look_up_and_for_the_grace_of_the_token() {
    let (sessions, callers) = in_order(noon() + TimeDelta::seconds(30));
    let identity = MockIdentity { sessions, callers, ..MockIdentity::default() };
    let service = over(identity, MockTokenVerifier::new(), MockAuthChanges::new());
    let authenticated = service.authenticate(Credential::Bearer("ann"), true).await.unwrap();
    assert_eq!(authenticated.extended, None);
}

#[tokio::test]
async fn an_old_session_that_lasts_is_extended_and_handed_back() {
    for lasts in [true, false] {
        let mut sessions = MockSessionStore::new();
        sessions.expect_find().returning(|_, _| Ok(Some(signed_in("ann"))));
        sessions.expect_extend().times(usize::from(lasts)).returning(|_| Ok(true));
        let identity = in_sessions(sessions);
        identity.clock.advance(TimeDelta::days(2));
        let service = over(identity, MockTokenVerifier::new(), MockAuthChanges::new());
        let extended = service.authenticate(Credential::Bearer("ann"), lasts).await.unwrap().extended;
        let expected = lasts.then(|| noon() + TimeDelta::days(9));
        assert_eq!(extended.map(|session| session.expires_at), expected);
    }
}

/// A verifier that accepts a token of ann's session.
fn of_session(issuer: &'static str, session: &'static str) -> MockTokenVerifier {
    let mut verifier = MockTokenVerifier::new();
    let session_id = Some(SessionId::from_stored(session));
    verifier
        .expect_verify()
        .returning(move |_| Ok(VerifiedToken { issuer: issuer.into(), session_id: session_id.clone(), ..verified() }));
    verifier
}

#[tokio::test]
async fn a_token_of_ours_ends_with_its_session_and_one_of_another_issuer_does_not() {
    let ours = identity_policy().origin.leak();
    for (issuer, session, expected) in [
        (&*ours, "session-of-ann", Ok(())),
        (&*ours, "session-of-bob", Err("session_expired")),
        (&*ours, "gone", Err("session_expired")),
        ("https://issuer.example", "gone", Ok(())),
    ] {
        let mut sessions = MockSessionStore::new();
        sessions.expect_find_by_id().returning(|id| {
            Ok(["ann", "bob"].map(signed_in).into_iter().find(|signed_in| signed_in.session.id == *id))
        });
        let identity = MockIdentity { users: knowing(user("ann")), ..in_sessions(sessions) };
        let service = over(identity, of_session(issuer, session), MockAuthChanges::new());
        let result = service.authenticate(JWT, true).await.map(drop).map_err(|error| error.code());
        assert_eq!(result, expected, "{issuer} {session}");
    }
}
