use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

use super::credential::{Credential, Presented};
use super::error::AuthError;
use super::policy::{IdentityPolicy, Intent};
use super::ports::{AuthChanges, IdentityPorts, REMEMBERED, TokenError, TokenVerifier};
use super::rules;
use super::session::{Session, SessionId, SessionToken, SignedIn};
use super::sessions::{Present, SessionService};
use super::step_up::Authentication;
use super::token::{Caller, VerifiedToken};
use super::user::User;
use crate::access::RoleBook;
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
    roles: Arc<RoleBook>,
    policy: Arc<IdentityPolicy>,
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
        roles: Arc<RoleBook>,
        policy: Arc<IdentityPolicy>,
    ) -> Self {
        Self { ports, verifier, changes, sessions, roles, policy, news_at: AtomicI64::new(i64::MIN) }
    }

    /// Forgets the callers whose users changed, and reads what roles permit. While nobody calls this, every request is looked
    /// up.
    ///
    /// Each time it goes back as far as a caller can be remembered: numbers or times of rows that are not visible yet could
    /// be passed by for ever, and to forget twice costs nothing.
    pub async fn follow_changes(&self) -> Result<(), StoreError> {
        let asked_at = self.ports.clock.now();
        let changed = self.changes.within(REMEMBERED).await?;
        if !changed.is_empty() {
            self.ports.callers.forget(&changed);
        }
        self.roles.refresh().await?;
        self.news_at.store(asked_at.timestamp_millis(), Ordering::Relaxed);
        Ok(())
    }

    /// Whom a credential stands for. A user that a token speaks of and that was never seen before is stored; a session is
    /// extended when it is time, if it `lasts` beyond the browser.
    pub async fn authenticate(&self, credential: Credential<'_>, lasts: bool) -> Result<Authenticated, AuthError> {
        match self.read(credential)? {
            Presented::Jwt(token) => Ok(self.actor(self.by_jwt(token).await?).into()),
            Presented::Session(token) => self.by_session(&token, lasts).await,
        }
    }

    /// Whom a credential stands for by the stores, whatever is remembered, if they authenticated recently enough for something
    /// sensitive.
    pub async fn authenticate_recent(&self, credential: Credential<'_>) -> Result<Actor, AuthError> {
        let found = match self.read(credential)? {
            Presented::Jwt(token) => self.find_by_jwt(token).await?,
            Presented::Session(token) => {
                Found::in_session(self.sessions.find(&token).await?.ok_or(AuthError::SessionEnded)?)
            }
        };
        let (authentication, has_second_factor) = (found.authentication, found.user.two_factor_enabled);
        let caller = self.caller(found.user, found.session_id, found.expires_at)?;
        self.policy.step_up.check(authentication, has_second_factor, self.ports.clock.now())?;
        Ok(self.actor(caller))
    }

    /// Refuses an actor whose address has to be verified first.
    pub fn check_email(&self, actor: &Actor, intent: Intent) -> Result<(), AuthError> {
        if actor.email_verified || !self.policy.verified_email.is_needed_to(intent) {
            return Ok(());
        }
        Err(AuthError::EmailNotVerified)
    }

    async fn by_jwt(&self, token: &str) -> Result<Caller, AuthError> {
        if let Some(caller) = self.remembered(token) {
            return Ok(caller);
        }
        let epoch = self.ports.callers.epoch();
        let Found { user, session_id, expires_at, .. } = self.find_by_jwt(token).await?;
        let caller = self.caller(user, session_id, expires_at)?;
        self.ports.callers.keep(token, caller.clone(), epoch);
        Ok(caller)
    }

    async fn by_session(&self, token: &SessionToken, lasts: bool) -> Result<Authenticated, AuthError> {
        if let Some(caller) = self.remembered(token.as_str()) {
            return Ok(self.actor(caller).into());
        }
        let (epoch, now) = (self.ports.callers.epoch(), self.ports.clock.now());
        let Present { signed_in, extended } =
            self.sessions.find_present(token, lasts).await?.ok_or(AuthError::SessionEnded)?;
        let SignedIn { session, user } = signed_in;
        let remembered_until = self.sessions.remembered_until(&session, now);
        let caller = self.caller(user, Some(session.id.clone()), remembered_until)?;
        // One that was replaced counts for a moment only.
        if session.token == *token {
            self.ports.callers.keep(token.as_str(), caller.clone(), epoch);
        }
        Ok(Authenticated { actor: self.actor(caller), extended: extended.then_some(session) })
    }

    fn read<'a>(&self, credential: Credential<'a>) -> Result<Presented<'a>, AuthError> {
        let unreadable = || AuthError::Token(TokenError::Invalid("neither a JWT nor a session token".to_owned()));
        credential.read(&*self.ports.signer).ok_or_else(unreadable)
    }

    async fn find_by_jwt(&self, token: &str) -> Result<Found, AuthError> {
        let verified = self.verifier.verify(token).await.map_err(AuthError::Token)?;
        let expires_at = verified.expires_at;
        match &verified.session_id {
            // Of our own tokens the session is checked.
            Some(session_id) if verified.issuer == self.policy.origin => {
                let found = self.sessions.find_by_id(session_id).await?;
                let signed_in = found.filter(|found| found.user.id == verified.subject);
                Ok(Found { expires_at, ..Found::in_session(signed_in.ok_or(AuthError::SessionEnded)?) })
            }
            _ => {
                let (user, authentication) = (self.user_of(&verified).await?, Authentication::from(&verified));
                Ok(Found { user, session_id: None, expires_at, authentication })
            }
        }
    }

    fn caller(
        &self,
        user: User,
        session_id: Option<SessionId>,
        expires_at: DateTime<Utc>,
    ) -> Result<Caller, AuthError> {
        if user.is_banned(self.ports.clock.now()) {
            return Err(AuthError::Banned);
        }
        let (user_id, email_verified) = (user.id, user.email_verified);
        Ok(Caller { user_id, session_id, roles: user.role.unwrap_or_default().into(), email_verified, expires_at })
    }

    /// What the caller may do is what their roles permit at this moment.
    fn actor(&self, caller: Caller) -> Actor {
        let Caller { user_id, session_id, roles, email_verified, .. } = caller;
        Actor { user_id, permissions: self.roles.permissions_of(&roles), session_id, email_verified }
    }

    fn remembered(&self, credential: &str) -> Option<Caller> {
        let now = self.ports.clock.now();
        let news_age = now.timestamp_millis().saturating_sub(self.news_at.load(Ordering::Relaxed));
        if news_age > NEWS_AGE.num_milliseconds() {
            return None;
        }
        self.ports.callers.find(credential).filter(|caller| now < caller.expires_at)
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

/// Whom a credential stands for, by the stores.
struct Found {
    user: User,
    session_id: Option<SessionId>,
    expires_at: DateTime<Utc>,
    authentication: Authentication,
}

impl Found {
    fn in_session(SignedIn { session, user }: SignedIn) -> Self {
        let (authentication, expires_at) = (Authentication::from(&session), session.expires_at);
        Self { user, session_id: Some(session.id), expires_at, authentication }
    }
}

#[cfg(test)]
mod tests;
