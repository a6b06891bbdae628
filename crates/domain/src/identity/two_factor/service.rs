mod proving;

use std::sync::Arc;

use secrecy::SecretString;

pub use self::proving::{Passed, Proof, Verified};
use super::change::{BackupCodesReplacement, Disabling, Enrolling};
use super::error::TwoFactorError;
use crate::audit::{Action, AuditEvent};
use crate::block::BlockService;
use crate::id::UserId;
use crate::identity::accounts::present_hash;
use crate::identity::error::IdentityError;
use crate::identity::password::Password;
use crate::identity::policy::IdentityPolicy;
use crate::identity::ports::IdentityPorts;
use crate::identity::random;
use crate::identity::session::{Session, SignedIn};
use crate::identity::step_up::Authentication;
use crate::identity::visitor::Visitor;

/// The use cases of the second factor.
pub struct TwoFactorService {
    ports: IdentityPorts,
    policy: Arc<IdentityPolicy>,
    blocks: Arc<BlockService>,
}

/// A second factor that waits for its first code. Neither can be shown again without the password.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What an authenticator app scans.
    pub uri: SecretString,
    pub backup_codes: Vec<SecretString>,
}

impl TwoFactorService {
    pub fn new(ports: IdentityPorts, policy: Arc<IdentityPolicy>, blocks: Arc<BlockService>) -> Self {
        Self { ports, policy, blocks }
    }

    /// Prepares a second factor, in place of an earlier one that was never confirmed. The app shows the `issuer`, or else our
    /// own name.
    pub async fn prepare(
        &self,
        visitor: &Visitor,
        by: &SignedIn,
        password: &Password,
        issuer: Option<&str>,
    ) -> Result<Prepared, IdentityError> {
        by.session.refuse_impersonation()?;
        let user = &by.user;
        self.check(&user.id, password).await?;
        let (secret, codes) = (self.ports.factors.new_secret()?, self.ports.factors.new_backup_codes()?);
        let uri = self.ports.factors.uri(&secret, issuer.unwrap_or(&self.policy.app_name), &user.email)?;
        let enrolling = Enrolling {
            id: random::record_id(&*self.ports.entropy),
            user_id: user.id.clone(),
            secret,
            backup_codes: codes.sealed,
            event: self.event(Action::TwoFactorPrepared, &user.id, visitor),
        };
        if !self.ports.two_factors.enrol(&enrolling).await? {
            return Err(TwoFactorError::TotpAlreadyEnabled.into());
        }
        enrolling.event.log();
        Ok(Prepared { uri, backup_codes: codes.shown })
    }

    /// What an authenticator app scans, once more.
    pub async fn uri(&self, by: &SignedIn, password: &Password) -> Result<SecretString, IdentityError> {
        by.session.refuse_impersonation()?;
        let user = &by.user;
        let found = self.ports.two_factors.find(&user.id).await?;
        let two_factor = found.ok_or(TwoFactorError::TotpNotEnabled)?;
        self.check(&user.id, password).await?;
        Ok(self.ports.factors.uri(&two_factor.secret, &self.policy.app_name, &user.email)?)
    }

    /// New backup codes, in place of all earlier ones.
    pub async fn replace_backup_codes(
        &self,
        visitor: &Visitor,
        SignedIn { session, user }: &SignedIn,
        password: &Password,
    ) -> Result<Vec<SecretString>, IdentityError> {
        session.refuse_impersonation()?;
        if !user.two_factor_enabled {
            return Err(TwoFactorError::NotEnabled.into());
        }
        self.check(&user.id, password).await?;
        let two_factor = self.ports.two_factors.find(&user.id).await?.ok_or(TwoFactorError::NotEnabled)?;
        let codes = self.ports.factors.new_backup_codes()?;
        let replacement = BackupCodesReplacement {
            id: two_factor.id,
            backup_codes: codes.sealed,
            event: self.event(Action::BackupCodesReplaced, &user.id, visitor),
        };
        if !self.ports.two_factors.replace_backup_codes(&replacement).await? {
            return Err(TwoFactorError::NotEnabled.into());
        }
        replacement.event.log();
        Ok(codes.shown)
    }

    /// Takes the second factor away, and with it all trusted devices: by the password, in a session by second factor. Returns
    /// the session in place of the one that asks.
    pub async fn disable(
        &self,
        visitor: &Visitor,
        by: &SignedIn,
        password: &Password,
        remember: bool,
    ) -> Result<Session, IdentityError> {
        let now = self.ports.clock.now();
        let authentication = Authentication::from(&by.session).renewed(now);
        self.policy.step_up.check(authentication, by.user.two_factor_enabled, now)?;
        self.check(&by.user.id, password).await?;
        let disabling = Disabling {
            ends: by.session.id.clone(),
            begins: self.next(visitor, &by.user.id, remember),
            event: self.event(Action::TwoFactorDisabled, &by.user.id, visitor),
        };
        if !self.ports.two_factors.disable(&disabling).await? {
            return Err(IdentityError::NoSession);
        }
        self.ports.callers.forget(std::slice::from_ref(&by.user.id));
        disabling.event.log();
        Ok(disabling.begins)
    }

    async fn check(&self, user_id: &UserId, password: &Password) -> Result<(), IdentityError> {
        present_hash(&self.ports, user_id, password, IdentityError::WrongPassword).await.map(drop)
    }

    /// The session in place of another one.
    fn next(&self, visitor: &Visitor, user_id: &UserId, remember: bool) -> Session {
        let lifetime = self.policy.sessions.lifetime_of(remember);
        Session::begin(user_id.clone(), visitor, lifetime, self.ports.clock.now(), &*self.ports.entropy)
    }

    fn event(&self, kind: Action, user_id: &UserId, visitor: &Visitor) -> AuditEvent {
        AuditEvent::of(kind, user_id, visitor, self.ports.clock.now())
    }
}

#[cfg(test)]
mod tests;
