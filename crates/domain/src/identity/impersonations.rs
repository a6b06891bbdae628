use std::sync::Arc;

use super::change::{Ending, Which};
use super::error::IdentityError;
use super::impersonation::{Impersonation, ImpersonationError, check_target, refused};
use super::policy::IdentityPolicy;
use super::ports::IdentityPorts;
use super::session::{Session, SessionToken, SignedIn};
use super::sessions::SessionService;
use super::user::User;
use super::visitor::Visitor;
use crate::access::{Permission, PermissionSet, RoleBook};
use crate::audit::{Action, AuditEvent, FieldChange, Target};
use crate::error::StoreError;
use crate::id::UserId;

/// Lets administrators act as users for a while.
pub struct ImpersonationService {
    ports: IdentityPorts,
    sessions: Arc<SessionService>,
    roles: Arc<RoleBook>,
    policy: Arc<IdentityPolicy>,
}

impl ImpersonationService {
    pub fn new(
        ports: IdentityPorts,
        sessions: Arc<SessionService>,
        roles: Arc<RoleBook>,
        policy: Arc<IdentityPolicy>,
    ) -> Self {
        Self { ports, sessions, roles, policy }
    }

    /// Opens a session of the user's for the administrator. It ends with the administrator's own one, and when what either
    /// of them may do changes.
    pub async fn start(&self, visitor: &Visitor, by: &SignedIn, user_id: &UserId) -> Result<SignedIn, IdentityError> {
        let held = self.permissions_of(&by.user);
        if !held.contains(Permission::UserImpersonate) {
            return Err(refused(Permission::UserImpersonate));
        }
        by.session.refuse_impersonation()?;
        let user = self.ports.users.find(user_id).await?.ok_or(IdentityError::UserNotFound)?;
        check_target(by, held, &user, self.permissions_of(&user), self.ports.clock.now())?;
        let impersonation = self.impersonation(visitor, by, &user);
        if !self.ports.sessions.impersonate(&impersonation).await? {
            return Err(ImpersonationError::Overtaken.into());
        }
        impersonation.event.log();
        Ok(SignedIn { session: impersonation.session, user })
    }

    /// Ends the session in which an administrator acts as a user. Returns the administrator's own one, which they prove by
    /// its token.
    pub async fn stop(
        &self,
        visitor: &Visitor,
        by: &SignedIn,
        own: Option<&SessionToken>,
    ) -> Result<SignedIn, IdentityError> {
        let admin = by.session.impersonated_by.as_ref().ok_or(ImpersonationError::NotImpersonating)?;
        let own = self.own_session(own, admin).await?.ok_or(ImpersonationError::OwnSessionGone)?;
        let event = self.event(Action::ImpersonationStopped, admin, &by.session, &visitor.in_session(&own.session));
        let ending = Ending { user_id: by.user.id.clone(), which: Which::One(by.session.id.clone()), event };
        let ended = self.ports.sessions.end(&ending).await?;
        self.ports.callers.forget(std::slice::from_ref(&by.user.id));
        if ended > 0 {
            ending.event.log();
        }
        Ok(own)
    }

    fn impersonation(&self, visitor: &Visitor, by: &SignedIn, user: &User) -> Impersonation {
        let (lifetime, now) = (self.policy.sessions.impersonation_lifetime, self.ports.clock.now());
        let session = Session::begin(user.id.clone(), visitor, lifetime, now, &*self.ports.entropy);
        let session = session.impersonated_in(&by.session);
        Impersonation {
            event: self.event(Action::ImpersonationStarted, &by.user.id, &session, visitor),
            session,
            own: by.session.id.clone(),
            own_role: by.user.role.clone(),
            role: user.role.clone(),
        }
    }

    async fn own_session(&self, token: Option<&SessionToken>, admin: &UserId) -> Result<Option<SignedIn>, StoreError> {
        let Some(token) = token else { return Ok(None) };
        let found = self.sessions.find(token).await?;
        Ok(found.filter(|found| found.user.id == *admin && found.session.impersonated_by.is_none()))
    }

    /// What an administrator does to the user of a session.
    fn event(&self, action: Action, admin: &UserId, session: &Session, visitor: &Visitor) -> AuditEvent {
        let (target, at) = (Target::User(session.user_id.clone()), self.ports.clock.now());
        let change = FieldChange::to("session", session.id.as_str());
        AuditEvent::by(action, admin, target, visitor, at).with(vec![change])
    }

    fn permissions_of(&self, user: &User) -> PermissionSet {
        self.roles.permissions_of(user.role.as_deref().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests;
