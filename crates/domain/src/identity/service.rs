use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::TimeDelta;

use super::error::AuthError;
use super::ports::{AuthChanges, CallerCache, REMEMBERED, TokenVerifier, UserStore};
use super::rules;
use super::token::{Caller, VerifiedToken};
use super::user::User;
use crate::access::rules::permissions_of;
use crate::actor::Actor;
use crate::clock::Clock;
use crate::error::StoreError;

/// How often [`IdentityService::follow_changes`] is to be called.
pub const NEWS_INTERVAL: TimeDelta = TimeDelta::milliseconds(500);

/// How old the news of changed users may be for remembered callers to count: a ban holds everywhere within this time.
const NEWS_AGE: TimeDelta = TimeDelta::seconds(1);

/// Tells who calls.
pub struct IdentityService {
    verifier: Arc<dyn TokenVerifier>,
    users: Arc<dyn UserStore>,
    callers: Arc<dyn CallerCache>,
    changes: Arc<dyn AuthChanges>,
    clock: Arc<dyn Clock>,
    /// When the news was last asked for and came, in milliseconds since 1970.
    news_at: AtomicI64,
}

impl IdentityService {
    pub fn new(
        verifier: Arc<dyn TokenVerifier>,
        users: Arc<dyn UserStore>,
        callers: Arc<dyn CallerCache>,
        changes: Arc<dyn AuthChanges>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { verifier, users, callers, changes, clock, news_at: AtomicI64::new(i64::MIN) }
    }

    /// Forgets the callers whose users changed. While nobody calls this, every request is looked up.
    ///
    /// Each time it goes back as far as a caller can be remembered: numbers or times of rows that are not visible yet could
    /// be passed by for ever, and to forget twice costs nothing.
    pub async fn follow_changes(&self) -> Result<(), StoreError> {
        let asked_at = self.clock.now();
        let changed = self.changes.within(REMEMBERED).await?;
        if !changed.is_empty() {
            self.callers.forget(&changed);
        }
        self.news_at.store(asked_at.timestamp_millis(), Ordering::Relaxed);
        Ok(())
    }

    /// Whom `token` stands for. A user that was never seen before is stored.
    pub async fn authenticate(&self, token: &str) -> Result<Actor, AuthError> {
        if let Some(actor) = self.remembered(token) {
            return Ok(actor);
        }
        let verified = self.verifier.verify(token).await.map_err(AuthError::Token)?;
        let user = self.user_of(&verified).await?;
        if user.is_banned(self.clock.now()) {
            return Err(AuthError::Banned);
        }
        let actor = Actor::new(user.id, permissions_of(user.role.as_deref().unwrap_or_default()));
        self.callers.keep(token, Caller { actor: actor.clone(), expires_at: verified.expires_at });
        Ok(actor)
    }

    fn remembered(&self, token: &str) -> Option<Actor> {
        let now = self.clock.now();
        let news_age = now.timestamp_millis().saturating_sub(self.news_at.load(Ordering::Relaxed));
        if news_age > NEWS_AGE.num_milliseconds() {
            return None;
        }
        let caller = self.callers.find(token)?;
        (now < caller.expires_at).then_some(caller.actor)
    }

    async fn user_of(&self, token: &VerifiedToken) -> Result<User, AuthError> {
        if let Some(user) = self.users.find(&token.subject).await? {
            return Ok(user);
        }
        let user = self.users.register(&rules::user_of(token, self.clock.now())).await?;
        tracing::info!(user = %user.id, issuer = %token.issuer, "user made from a token");
        Ok(user)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::super::ports::{MockAuthChanges, MockCallerCache, MockTokenVerifier, MockUserStore, TokenError};
    use super::*;
    use crate::access::{Permission, PermissionSet};
    use crate::error::{ErrorKind, Fault, StoreError};
    use crate::testing::FixedClock;
    use crate::testing::fixtures::{noon, user, user_id};

    fn verified() -> VerifiedToken {
        VerifiedToken {
            issuer: "https://issuer.example".into(),
            subject: user_id("ann"),
            email: Some("ann@example.com".into()),
            name: Some("Ann".into()),
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
        callers.expect_keep().returning(|_, _| ());
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
        IdentityService::new(Arc::new(verifier), Arc::new(users), Arc::new(callers), Arc::new(changes), clock)
    }

    fn quiet() -> MockAuthChanges {
        let mut changes = MockAuthChanges::new();
        changes.expect_within().returning(|_| Ok(vec![]));
        changes
    }

    #[tokio::test]
    async fn a_known_user_is_who_the_token_says_with_the_permissions_of_the_stored_role() {
        let admin = User { role: Some("admin".into()), ..user("ann") };
        let actor = service(accepting(), knowing(admin), forgetful()).authenticate("token").await.unwrap();
        assert_eq!(actor, Actor::new(user_id("ann"), PermissionSet::all()));
        let actor = service(accepting(), knowing(user("ann")), forgetful()).authenticate("token").await.unwrap();
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
        let actor = service(accepting(), users, forgetful()).authenticate("token").await.unwrap();
        assert_eq!(actor.user_id, user_id("ann"));
    }

    #[tokio::test]
    async fn a_banned_user_is_refused_and_not_remembered() {
        let banned = User { banned: true, ..user("ann") };
        let mut callers = MockCallerCache::new();
        callers.expect_find().returning(|_| None);
        callers.expect_keep().never();
        let refusal = service(accepting(), knowing(banned), callers).authenticate("token").await.unwrap_err();
        assert_eq!((refusal.kind(), refusal.code()), (ErrorKind::Unauthenticated, "user_banned"));
    }

    /// A cache that remembers ann until `expires_at`.
    fn remembering(expires_at: DateTime<Utc>) -> MockCallerCache {
        let mut callers = MockCallerCache::new();
        let actor = Actor::new(user_id("ann"), PermissionSet::NONE);
        callers.expect_find().returning(move |_| Some(Caller { actor: actor.clone(), expires_at }));
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
            assert_eq!(service.authenticate("token").await.is_ok(), verifications == 0);
        }
    }

    #[tokio::test]
    async fn a_remembered_caller_counts_only_while_the_news_of_changed_users_is_fresh() {
        let clock = Arc::new(FixedClock::at(noon()));
        let callers = remembering(noon() + TimeDelta::hours(1));
        let service = following(asked(2), MockUserStore::new(), callers, quiet(), clock.clone());
        assert!(service.authenticate("token").await.is_err());
        service.follow_changes().await.unwrap();
        clock.advance(TimeDelta::seconds(1));
        assert!(service.authenticate("token").await.is_ok());
        clock.advance(TimeDelta::milliseconds(1));
        assert!(service.authenticate("token").await.is_err());
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
        assert!(service.authenticate("token").await.is_err());
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
            let failure = service(verifier, MockUserStore::new(), forgetful()).authenticate("token").await.unwrap_err();
            assert_eq!((failure.kind(), failure.code()), (kind, code));
        }
        let mut users = MockUserStore::new();
        users.expect_find().returning(|_| Err(StoreError::unavailable("down")));
        let failure = service(accepting(), users, forgetful()).authenticate("token").await.unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::Unavailable);
        assert_eq!(AuthError::Missing.code(), "not_authenticated");
    }
}
