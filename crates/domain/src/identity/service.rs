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
mod tests;
