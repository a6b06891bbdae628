use std::sync::Arc;

use super::error::AuthError;
use super::ports::{CallerCache, TokenVerifier, UserStore};
use super::rules;
use super::token::{Caller, VerifiedToken};
use super::user::User;
use crate::access::rules::permissions_of;
use crate::actor::Actor;
use crate::clock::Clock;

/// Tells who calls.
pub struct IdentityService {
    verifier: Arc<dyn TokenVerifier>,
    users: Arc<dyn UserStore>,
    callers: Arc<dyn CallerCache>,
    clock: Arc<dyn Clock>,
}

impl IdentityService {
    pub fn new(
        verifier: Arc<dyn TokenVerifier>,
        users: Arc<dyn UserStore>,
        callers: Arc<dyn CallerCache>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { verifier, users, callers, clock }
    }

    /// Whom `token` stands for. A user that was never seen before is stored.
    pub async fn authenticate(&self, token: &str) -> Result<Actor, AuthError> {
        if let Some(caller) = self.callers.find(token)
            && self.clock.now() < caller.expires_at
        {
            return Ok(caller.actor);
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
    use chrono::TimeDelta;

    use super::super::ports::{MockCallerCache, MockTokenVerifier, MockUserStore, TokenError};
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
        let clock = Arc::new(FixedClock::at(noon()));
        IdentityService::new(Arc::new(verifier), Arc::new(users), Arc::new(callers), clock)
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

    #[tokio::test]
    async fn a_remembered_caller_costs_no_look_up_until_the_token_expires() {
        for (expires_at, verifications) in [(noon() + TimeDelta::seconds(1), 0), (noon(), 1)] {
            let mut verifier = MockTokenVerifier::new();
            verifier.expect_verify().times(verifications).returning(|_| Err(TokenError::Expired));
            let mut callers = MockCallerCache::new();
            let actor = Actor::new(user_id("ann"), PermissionSet::NONE);
            callers.expect_find().returning(move |_| Some(Caller { actor: actor.clone(), expires_at }));
            let result = service(verifier, MockUserStore::new(), callers).authenticate("token").await;
            assert_eq!(result.is_ok(), verifications == 0);
        }
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
