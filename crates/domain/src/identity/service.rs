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
