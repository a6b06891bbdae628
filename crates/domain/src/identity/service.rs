use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

use super::credential::{Credential, Presented};
use super::error::AuthError;
use super::ports::{AuthChanges, IdentityPorts, REMEMBERED, TokenError, TokenVerifier};
use super::rules;
use super::session::{Session, SessionToken, SignedIn};
use super::sessions::{Present, SessionService};
use super::token::{Caller, Epoch, VerifiedToken};
use super::user::User;
use crate::access::rules::permissions_of;
use crate::actor::Actor;
use crate::error::StoreError;

/// How often [`IdentityService::follow_changes`] is to be called.
pub const NEWS_INTERVAL: TimeDelta = TimeDelta::milliseconds(500);

/// How old the news of changed users may be for remembered callers to count: a ban holds everywhere within this time.
const NEWS_AGE: TimeDelta = TimeDelta::seconds(1);

/// Tells who calls.
pub struct IdentityService {
    ports: IdentityPorts,
    verifier: Arc<dyn TokenVerifier>,
    changes: Arc<dyn AuthChanges>,
    sessions: Arc<SessionService>,
    /// The issuer of our own tokens: of those the session is checked.
    issuer: String,
    /// When the news was last asked for and came, in milliseconds since 1970.
    news_at: AtomicI64,
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticated {
    pub actor: Actor,
    /// The session as it is now, if it was just extended.
    pub extended: Option<Session>,
}

impl From<Actor> for Authenticated {
    fn from(actor: Actor) -> Self {
        Self { actor, extended: None }
    }
}

impl IdentityService {
    pub fn new(
        ports: IdentityPorts,
        verifier: Arc<dyn TokenVerifier>,
        changes: Arc<dyn AuthChanges>,
        sessions: Arc<SessionService>,
        issuer: String,
    ) -> Self {
        Self { ports, verifier, changes, sessions, issuer, news_at: AtomicI64::new(i64::MIN) }
    }

    /// Forgets the callers whose users changed. While nobody calls this, every request is looked up.
    ///
    /// Each time it goes back as far as a caller can be remembered: numbers or times of rows that are not visible yet could
    /// be passed by for ever, and to forget twice costs nothing.
    pub async fn follow_changes(&self) -> Result<(), StoreError> {
        let asked_at = self.ports.clock.now();
        let changed = self.changes.within(REMEMBERED).await?;
        if !changed.is_empty() {
            self.ports.callers.forget(&changed);
        }
        self.news_at.store(asked_at.timestamp_millis(), Ordering::Relaxed);
        Ok(())
    }

    /// Whom a credential stands for. A user that a token speaks of and that was never seen before is stored; a session is
    /// extended when it is time, if it `lasts` beyond the browser.
    pub async fn authenticate(&self, credential: Credential<'_>, lasts: bool) -> Result<Authenticated, AuthError> {
        let unreadable = || AuthError::Token(TokenError::Invalid("neither a JWT nor a session token".to_owned()));
        match credential.read(&*self.ports.signer).ok_or_else(unreadable)? {
            Presented::Jwt(token) => self.by_jwt(token).await.map(Authenticated::from),
            Presented::Session(token) => self.by_session(&token, lasts).await,
        }
    }

    async fn by_jwt(&self, token: &str) -> Result<Actor, AuthError> {
        if let Some(actor) = self.remembered(token) {
            return Ok(actor);
        }
        let epoch = self.ports.callers.epoch();
        let verified = self.verifier.verify(token).await.map_err(AuthError::Token)?;
        let actor = match &verified.session_id {
            Some(session_id) if verified.issuer == self.issuer => {
                let found = self.sessions.find_by_id(session_id).await?;
                let signed_in = found.filter(|found| found.user.id == verified.subject);
                let SignedIn { session, user } = signed_in.ok_or(AuthError::SessionEnded)?;
                self.actor(user)?.in_session(session.id)
            }
            _ => self.actor(self.user_of(&verified).await?)?,
        };
        self.remember(token, &actor, verified.expires_at, epoch);
        Ok(actor)
    }

    async fn by_session(&self, token: &SessionToken, lasts: bool) -> Result<Authenticated, AuthError> {
        if let Some(actor) = self.remembered(token.as_str()) {
            return Ok(actor.into());
        }
        let (epoch, now) = (self.ports.callers.epoch(), self.ports.clock.now());
        let Present { signed_in, extended } =
            self.sessions.find_present(token, lasts).await?.ok_or(AuthError::SessionEnded)?;
        let SignedIn { session, user } = signed_in;
        let actor = self.actor(user)?.in_session(session.id.clone());
        // One that was replaced counts for a moment only.
        if session.token == *token {
            self.remember(token.as_str(), &actor, self.sessions.remembered_until(&session, now), epoch);
        }
        Ok(Authenticated { actor, extended: extended.then_some(session) })
    }

    fn actor(&self, user: User) -> Result<Actor, AuthError> {
        if user.is_banned(self.ports.clock.now()) {
            return Err(AuthError::Banned);
        }
        Ok(Actor::new(user.id, permissions_of(user.role.as_deref().unwrap_or_default())))
    }

    fn remember(&self, credential: &str, actor: &Actor, expires_at: DateTime<Utc>, looked_up: Epoch) {
        self.ports.callers.keep(credential, Caller { actor: actor.clone(), expires_at }, looked_up);
    }

    fn remembered(&self, credential: &str) -> Option<Actor> {
        let now = self.ports.clock.now();
        let news_age = now.timestamp_millis().saturating_sub(self.news_at.load(Ordering::Relaxed));
        if news_age > NEWS_AGE.num_milliseconds() {
            return None;
        }
        let caller = self.ports.callers.find(credential)?;
        (now < caller.expires_at).then_some(caller.actor)
    }

    async fn user_of(&self, token: &VerifiedToken) -> Result<User, AuthError> {
        if let Some(user) = self.ports.users.find(&token.subject).await? {
            return Ok(user);
        }
        let user = self.ports.users.register(&rules::user_of(token, self.ports.clock.now())).await?;
        tracing::info!(user = %user.id, issuer = %token.issuer, "user made from a token");
        Ok(user)
    }
}

#[cfg(test)]
mod tests {
    use mockall::Sequence;

    use super::super::key::KeyPolicy;
    use super::super::keys::KeyService;
    use super::super::ports::{
        MockAuthChanges, MockCallerCache, MockSessionStore, MockSigningKeyStore, MockTokenSigner, MockTokenVerifier,
        MockUserStore,
    };
    use super::super::session::SessionId;
    use super::*;
    use crate::access::{Permission, PermissionSet};
    use crate::error::{ErrorKind, Fault, StoreError};
    use crate::testing::fixtures::{noon, signed_in, user, user_id};
    use crate::testing::{CountingEntropy, FixedClock, MockIdentity, identity_policy};

    const JWT: Credential<'_> = Credential::Bearer("a.b.c");

    fn verified() -> VerifiedToken {
        VerifiedToken {
            issuer: "https://issuer.example".into(),
            subject: user_id("ann"),
            email: Some("ann@example.com".into()),
            name: Some("Ann".into()),
            session_id: None,
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
        let (ports, policy) = (identity.ports(), Arc::new(identity_policy()));
        let (store, signer) = (Arc::new(MockSigningKeyStore::new()), Arc::new(MockTokenSigner::new()));
        let (clock, entropy) = (Arc::clone(&ports.clock), Arc::new(CountingEntropy::default()));
        let keys = Arc::new(KeyService::new(store, signer, KeyPolicy::default(), clock, entropy));
        let issuer = policy.origin.clone();
        let sessions = Arc::new(SessionService::new(ports.clone(), policy, keys));
        IdentityService::new(ports, Arc::new(verifier), Arc::new(changes), sessions, issuer)
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
        assert_eq!(actor, Actor::new(user_id("ann"), PermissionSet::all()));
        let actor =
            service(accepting(), knowing(user("ann")), forgetful()).authenticate(JWT, true).await.unwrap().actor;
        assert!(!actor.may(Permission::TaskReadAny));
    }

    #[tokio::test]
    async fn a_user_that_was_never_seen_is_stored() {
        let mut users = MockUserStore::new();
        users.expect_find().returning(|_| Ok(None));
        users
            .expect_register()
            .withf(|new| {
                new.name == "Ann" && new.email.as_ref().is_some_and(|email| email.as_str() == "ann@example.com")
            })
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
        let actor = Actor::new(user_id("ann"), PermissionSet::NONE);
        callers.expect_find().returning(move |_| Some(Caller { actor: actor.clone(), expires_at }));
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
            let failure =
                service(verifier, MockUserStore::new(), forgetful()).authenticate(JWT, true).await.unwrap_err();
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
        let (mut sequence, mut sessions, mut callers) =
            (Sequence::new(), MockSessionStore::new(), MockCallerCache::new());
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
        verifier.expect_verify().returning(move |_| {
            Ok(VerifiedToken { issuer: issuer.into(), session_id: session_id.clone(), ..verified() })
        });
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
}
