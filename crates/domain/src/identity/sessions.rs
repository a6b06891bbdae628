use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::change::{Ending, Extension, Rotation, Which};
use super::claims::SessionClaims;
use super::error::IdentityError;
use super::keys::KeyService;
use super::policy::IdentityPolicy;
use super::ports::IdentityPorts;
use super::session::{Session, SessionId, SessionToken, SignedIn};
use super::visitor::Visitor;
use crate::audit::{Action, AuditEvent};
use crate::error::StoreError;
use crate::id::UserId;

/// The use cases of sessions.
pub struct SessionService {
    ports: IdentityPorts,
    policy: Arc<IdentityPolicy>,
    keys: Arc<KeyService>,
}

/// A live session, and whether it was just extended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    pub signed_in: SignedIn,
    pub extended: bool,
}

impl SessionService {
    pub fn new(ports: IdentityPorts, policy: Arc<IdentityPolicy>, keys: Arc<KeyService>) -> Self {
        Self { ports, policy, keys }
    }

    /// The live session that `token` proves. One that has expired is deleted; one of a banned user does not count.
    pub async fn find(&self, token: &SessionToken) -> Result<Option<SignedIn>, StoreError> {
        let now = self.ports.clock.now();
        let Some(found) = self.ports.sessions.find(token, now).await? else { return Ok(None) };
        if found.session.is_expired(now) {
            self.clear(&found, now).await?;
            return Ok(None);
        }
        Ok(Some(found).filter(|found| !found.user.is_banned(now)))
    }

    /// Like [`Self::find`]; the session is extended when it is time, if it `lasts` beyond the browser.
    pub async fn find_present(&self, token: &SessionToken, lasts: bool) -> Result<Option<Present>, StoreError> {
        if lasts {
            return self.find_and_extend(token).await;
        }
        Ok(self.find(token).await?.map(|signed_in| Present { signed_in, extended: false }))
    }

    async fn find_and_extend(&self, token: &SessionToken) -> Result<Option<Present>, StoreError> {
        let Some(mut signed_in) = self.find(token).await? else { return Ok(None) };
        let now = self.ports.clock.now();
        let Some(expires_at) = self.policy.sessions.extension(&signed_in.session, now) else {
            return Ok(Some(Present { signed_in, extended: false }));
        };
        let extension = Extension { session_id: signed_in.session.id.clone(), expires_at, at: now };
        if !self.ports.sessions.extend(&extension).await? {
            return Ok(None);
        }
        signed_in.session.expires_at = expires_at;
        signed_in.session.updated_at = now;
        Ok(Some(Present { signed_in, extended: true }))
    }

    /// A user's live sessions, the newest first.
    pub async fn list(&self, user_id: &UserId) -> Result<Vec<Session>, StoreError> {
        self.ports.sessions.list(user_id, self.ports.clock.now()).await
    }

    /// The caller's own live sessions, whose tokens may be shown to them, the newest first.
    pub async fn list_own(&self, by: &SignedIn) -> Result<Vec<Session>, IdentityError> {
        by.session.refuse_impersonation()?;
        Ok(self.list(&by.user.id).await?)
    }

    /// Ends the session of `token`, if there is one.
    pub async fn sign_out(&self, visitor: &Visitor, token: &SessionToken) -> Result<(), StoreError> {
        let now = self.ports.clock.now();
        let Some(found) = self.ports.sessions.find(token, now).await? else { return Ok(()) };
        let visitor = visitor.in_session(&found.session);
        let Session { id, user_id, .. } = found.session;
        self.end(&visitor, &user_id, Which::One(id), Action::SignedOut).await.map(drop)
    }

    /// Ends some of a user's sessions, and tells how many.
    pub async fn revoke(&self, visitor: &Visitor, user_id: &UserId, which: Which) -> Result<u64, StoreError> {
        self.end(visitor, user_id, which, Action::SessionsRevoked).await
    }

    /// Gives the session of `token` a new token and a new lifetime. The old token counts for a while, so that requests that
    /// are on their way do not fail; of two refreshes at once the second gets what the first made.
    pub async fn refresh(&self, visitor: &Visitor, token: &SessionToken) -> Result<SignedIn, IdentityError> {
        let mut signed_in = self.find(token).await?.ok_or(IdentityError::NoSession)?;
        if signed_in.session.token != *token {
            return Ok(signed_in);
        }
        let now = self.ports.clock.now();
        let session = &mut signed_in.session;
        let rotation = Rotation {
            session_id: session.id.clone(),
            from: token.clone(),
            to: SessionToken::generate(&*self.ports.entropy),
            grace_until: now + self.policy.sessions.grace,
            expires_at: self.policy.sessions.refreshed_until(session, now),
            event: AuditEvent::of(Action::SessionRefreshed, &session.user_id, &visitor.in_session(session), now),
            at: now,
        };
        if !self.ports.sessions.rotate(&rotation).await? {
            return self.find(token).await?.ok_or(IdentityError::NoSession);
        }
        self.ports.callers.forget(std::slice::from_ref(&session.user_id));
        rotation.event.log();
        session.token = rotation.to;
        session.expires_at = rotation.expires_at;
        session.updated_at = now;
        Ok(signed_in)
    }

    /// Until when whoever was found at `now` by the session's token may be taken for signed in without another look.
    pub fn remembered_until(&self, session: &Session, now: DateTime<Utc>) -> DateTime<Utc> {
        self.policy.sessions.remembered_until(session, now)
    }

    /// Whether the session may do what needs a fresh one.
    pub fn is_fresh(&self, session: &Session) -> bool {
        self.policy.sessions.is_fresh(session, self.ports.clock.now())
    }

    /// A JWT for a session, which ends with it.
    pub async fn token(&self, signed_in: &SignedIn) -> Result<String, IdentityError> {
        let now = self.ports.clock.now();
        let claims = SessionClaims::of(signed_in, &self.policy.origin, self.policy.token_lifetime, now);
        self.keys.sign(&claims).await
    }

    /// A session by its identifier, as our own JWTs name it, if it lives.
    pub async fn find_by_id(&self, id: &SessionId) -> Result<Option<SignedIn>, StoreError> {
        let now = self.ports.clock.now();
        Ok(self.ports.sessions.find_by_id(id).await?.filter(|found| !found.session.is_expired(now)))
    }

    async fn end(&self, visitor: &Visitor, user_id: &UserId, which: Which, kind: Action) -> Result<u64, StoreError> {
        let event = AuditEvent::of(kind, user_id, visitor, self.ports.clock.now());
        end_sessions(&self.ports, Ending { user_id: user_id.clone(), which, event }).await
    }

    async fn clear(&self, found: &SignedIn, now: DateTime<Utc>) -> Result<(), StoreError> {
        let Session { id, user_id, .. } = &found.session;
        let event = AuditEvent::of(Action::SignedOut, user_id, &Visitor::default(), now);
        let ending = Ending { user_id: user_id.clone(), which: Which::One(id.clone()), event };
        self.ports.sessions.end(&ending).await.map(drop)
    }
}

/// Ends sessions, and forgets whoever was found by them; how many there were.
pub(super) async fn end_sessions(ports: &IdentityPorts, ending: Ending) -> Result<u64, StoreError> {
    let ended = ports.sessions.end(&ending).await?;
    ports.callers.forget(std::slice::from_ref(&ending.user_id));
    if ended > 0 {
        ending.event.log();
    }
    Ok(ended)
}

#[cfg(test)]
mod tests;
