use std::sync::Arc;

use super::{Authentication, StepUpError};
use crate::audit::{Action, AuditEvent};
use crate::block::BlockService;
use crate::id::UserId;
use crate::identity::accounts::present_hash;
use crate::identity::change::Reauthentication;
use crate::identity::error::IdentityError;
use crate::identity::password::Password;
use crate::identity::policy::IdentityPolicy;
use crate::identity::ports::IdentityPorts;
use crate::identity::session::{Session, SignedIn};
use crate::identity::two_factor::{Proof, TwoFactorError, TwoFactorService};
use crate::identity::visitor::Visitor;

/// The use cases of somebody who is signed in and proves again who they are.
pub struct StepUpService {
    ports: IdentityPorts,
    policy: Arc<IdentityPolicy>,
    two_factor: Arc<TwoFactorService>,
    blocks: Arc<BlockService>,
}

impl StepUpService {
    pub fn new(
        ports: IdentityPorts,
        policy: Arc<IdentityPolicy>,
        two_factor: Arc<TwoFactorService>,
        blocks: Arc<BlockService>,
    ) -> Self {
        Self { ports, policy, two_factor, blocks }
    }

    /// Has a session count as freshly authenticated, by the password, and a code of who has a second factor.
    pub async fn authenticate(
        &self,
        visitor: &Visitor,
        by: &SignedIn,
        password: &Password,
        code: Option<&str>,
    ) -> Result<Session, IdentityError> {
        if by.session.impersonated_by.is_some() {
            return Err(StepUpError::Impersonated.into());
        }
        let proof = match code.map(Proof::of) {
            _ if !by.user.two_factor_enabled => None,
            Some(proof) => Some(proof),
            None => return Err(TwoFactorError::CodeMissing.into()),
        };
        let compared = self.compare(visitor, &by.user.id, password, IdentityError::NoStepUp).await;
        compared.map_err(|error| match error {
            IdentityError::WrongPassword => IdentityError::WrongCredentials,
            error => error,
        })?;
        let session = by.session.clone().authenticated_again(self.ports.clock.now());
        match proof {
            Some(proof) => self.two_factor.step_up(visitor, session.by_second_factor(), proof).await,
            None => self.store(visitor, session).await,
        }
    }

    /// Refuses something sensitive to who authenticated too long ago, unless they give their password with it. That replaces
    /// no second factor: the session has to have had one.
    pub async fn require(
        &self,
        visitor: &Visitor,
        by: &SignedIn,
        password: Option<&Password>,
    ) -> Result<(), IdentityError> {
        let (now, authentication) = (self.ports.clock.now(), Authentication::from(&by.session));
        let Some(password) = password else {
            return Ok(self.policy.step_up.check(authentication, by.user.two_factor_enabled, now)?);
        };
        self.policy.step_up.check(authentication.renewed(now), by.user.two_factor_enabled, now)?;
        self.compare(visitor, &by.user.id, password, IdentityError::WrongPassword).await
    }

    /// Whether this is the user's password. A wrong one counts as a failed sign-in. `missing` is the error of a user without
    /// a password.
    async fn compare(
        &self,
        visitor: &Visitor,
        user_id: &UserId,
        password: &Password,
        missing: IdentityError,
    ) -> Result<(), IdentityError> {
        let compared = present_hash(&self.ports, user_id, password, missing).await;
        if let Err(IdentityError::WrongPassword) = compared {
            AuditEvent::of(Action::SignInFailed, user_id, visitor, self.ports.clock.now()).log();
            self.blocks.count_failure(visitor).await;
        }
        compared.map(drop)
    }

    async fn store(&self, visitor: &Visitor, session: Session) -> Result<Session, IdentityError> {
        let event = AuditEvent::of(Action::AuthenticatedAgain, &session.user_id, visitor, self.ports.clock.now());
        let again = Reauthentication { session, event };
        if !self.ports.sessions.authenticate_again(&again).await? {
            return Err(IdentityError::NoSession);
        }
        again.event.log();
        Ok(again.session)
    }
}

#[cfg(test)]
mod tests;
