use std::sync::Arc;

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::challenge::{ChallengeId, Pending};
use super::change::{
    AcceptedCode, Admission, Attempt, BackupCodesReplacement, Confirmation, Disabling, Enrolling, Entry, Use,
};
use super::device::{NewDevice, TrustedDevice};
use super::error::TwoFactorError;
use super::factor::TwoFactor;
use crate::audit::{Action, AuditEvent, FieldChange};
use crate::id::UserId;
use crate::identity::accounts::present_hash;
use crate::identity::error::IdentityError;
use crate::identity::password::Password;
use crate::identity::policy::IdentityPolicy;
use crate::identity::ports::IdentityPorts;
use crate::identity::session::{Session, SignedIn};
use crate::identity::user::User;
use crate::identity::visitor::Visitor;
use crate::identity::{random, rules};

/// The use cases of the second factor.
pub struct TwoFactorService {
    ports: IdentityPorts,
    policy: Arc<IdentityPolicy>,
}

/// A second factor that waits for its first code. Neither can be shown again without the password.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What an authenticator app scans.
    pub uri: SecretString,
    pub backup_codes: Vec<SecretString>,
}

/// What proves the second factor.
#[derive(Clone, Copy)]
pub enum Proof<'a> {
    /// A code of the authenticator app.
    Totp(&'a str),
    BackupCode(&'a str),
}

/// Somebody who was signed in and proved the second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub signed_in: SignedIn,
    /// Whether that confirmed the second factor: then the session is a new one.
    pub confirmed: bool,
}

/// Somebody who is signed in now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    pub signed_in: SignedIn,
    /// What their device keeps, if it is trusted.
    pub device: Option<TrustedDevice>,
}

impl TwoFactorService {
    pub fn new(ports: IdentityPorts, policy: Arc<IdentityPolicy>) -> Self {
        Self { ports, policy }
    }

    /// Prepares a second factor, in place of an earlier one that was never confirmed. The app shows the `issuer`, or else our
    /// own name.
    pub async fn prepare(
        &self,
        visitor: &Visitor,
        user: &User,
        password: &Password,
        issuer: Option<&str>,
    ) -> Result<Prepared, IdentityError> {
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
    pub async fn uri(&self, user: &User, password: &Password) -> Result<SecretString, IdentityError> {
        let found = self.ports.two_factors.find(&user.id).await?;
        let two_factor = found.ok_or(TwoFactorError::TotpNotEnabled)?;
        self.check(&user.id, password).await?;
        Ok(self.ports.factors.uri(&two_factor.secret, &self.policy.app_name, &user.email)?)
    }

    /// New backup codes, in place of all earlier ones.
    pub async fn replace_backup_codes(
        &self,
        visitor: &Visitor,
        user: &User,
        password: &Password,
    ) -> Result<Vec<SecretString>, IdentityError> {
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

    /// Takes the second factor away, and with it all trusted devices. Returns the session in place of the one that asks.
    pub async fn disable(
        &self,
        visitor: &Visitor,
        by: &SignedIn,
        password: &Password,
        remember: bool,
    ) -> Result<Session, IdentityError> {
        self.check(&by.user.id, password).await?;
        let disabling = Disabling {
            ends: by.session.id.clone(),
            begins: self.next(visitor, &by.session, remember),
            event: self.event(Action::TwoFactorDisabled, &by.user.id, visitor),
        };
        if !self.ports.two_factors.disable(&disabling).await? {
            return Err(IdentityError::NoSession);
        }
        self.ports.callers.forget(std::slice::from_ref(&by.user.id));
        disabling.event.log();
        Ok(disabling.begins)
    }

    /// Somebody who is signed in proves the second factor. The first code of the app confirms it, and begins a new session.
    pub async fn verify(
        &self,
        visitor: &Visitor,
        by: &SignedIn,
        proof: Proof<'_>,
        remember: bool,
    ) -> Result<Verified, IdentityError> {
        let two_factor = self.ports.two_factors.find(&by.user.id).await?.ok_or(proof.missing())?;
        let now = self.ports.clock.now();
        let confirms = !two_factor.confirmed || !by.user.two_factor_enabled;
        if confirms && matches!(proof, Proof::Totp(_)) {
            let AcceptedCode::Totp(step) = self.judge(visitor, &two_factor, proof, now).await? else {
                return Err(proof.refusal().into());
            };
            let signed_in = self.confirm(visitor, by, two_factor, step, remember).await?;
            return Ok(Verified { signed_in, confirmed: true });
        }
        self.admit(&two_factor, None, now).await?;
        self.spend(visitor, two_factor, proof, None, now).await?;
        Ok(Verified { signed_in: by.clone(), confirmed: false })
    }

    /// Finishes a sign-in that waits for the second factor. With `trust` the device needs none for a while.
    pub async fn pass(
        &self,
        visitor: &Visitor,
        challenge: &ChallengeId,
        proof: Proof<'_>,
        remember: bool,
        trust: bool,
    ) -> Result<Passed, IdentityError> {
        let now = self.ports.clock.now();
        let (user, two_factor) = self.waiting(challenge, proof, now).await?;
        let lifetime = self.policy.sessions.lifetime_of(remember);
        let session = Session::begin(user.id.clone(), visitor, lifetime, now, &*self.ports.entropy);
        let entry = Entry {
            challenge: challenge.clone(),
            session: session.by_second_factor(),
            device: trust.then(|| NewDevice::generate(&*self.ports.entropy, now)),
            lift_ban: user.banned,
        };
        let Entry { session, device, .. } = entry.clone();
        self.spend(visitor, two_factor, proof, Some(entry), now).await?;
        let device = device.map(|device| TrustedDevice::of(&device.id, &user.id, &*self.ports.signer));
        Ok(Passed { signed_in: SignedIn { session, user: rules::after_sign_in(user) }, device })
    }

    /// Spends a code of somebody whose sign-in waits, and leaves it waiting.
    pub async fn prove(
        &self,
        visitor: &Visitor,
        challenge: &ChallengeId,
        proof: Proof<'_>,
    ) -> Result<User, IdentityError> {
        let now = self.ports.clock.now();
        let (user, two_factor) = self.waiting(challenge, proof, now).await?;
        self.spend(visitor, two_factor, proof, None, now).await?;
        Ok(user)
    }

    /// Whether a sign-in waits, of this name.
    pub async fn needs_waiting(&self, challenge: &ChallengeId) -> Result<(), IdentityError> {
        let pending = self.ports.two_factors.pending(challenge, self.ports.clock.now()).await?;
        pending.map(drop).ok_or_else(|| TwoFactorError::NoChallenge.into())
    }

    /// Whose sign-in waits, and may try a code.
    async fn waiting(
        &self,
        challenge: &ChallengeId,
        proof: Proof<'_>,
        now: DateTime<Utc>,
    ) -> Result<(User, TwoFactor), IdentityError> {
        let pending = self.ports.two_factors.pending(challenge, now).await?;
        let Pending { user, two_factor } = pending.ok_or(TwoFactorError::NoChallenge)?;
        if user.is_banned(now) {
            return Err(IdentityError::Banned);
        }
        let two_factor = two_factor.filter(|found| found.confirmed).ok_or(proof.missing())?;
        self.admit(&two_factor, Some(challenge), now).await?;
        Ok((user, two_factor))
    }

    async fn admit(
        &self,
        two_factor: &TwoFactor,
        challenge: Option<&ChallengeId>,
        now: DateTime<Utc>,
    ) -> Result<(), IdentityError> {
        if two_factor.is_locked(now) {
            return Err(TwoFactorError::Locked.into());
        }
        let attempt = Attempt {
            id: two_factor.id.clone(),
            challenge: challenge.cloned(),
            locked_until: now + super::LOCKED_FOR,
            at: now,
        };
        match self.ports.two_factors.admit(&attempt).await? {
            Admission::Granted => Ok(()),
            Admission::ChallengeSpent => Err(TwoFactorError::TooManyAttempts.into()),
            Admission::Locked => Err(TwoFactorError::Locked.into()),
        }
    }

    /// What is to be stored if the code is right and was not used before.
    async fn judge(
        &self,
        visitor: &Visitor,
        two_factor: &TwoFactor,
        proof: Proof<'_>,
        now: DateTime<Utc>,
    ) -> Result<AcceptedCode, IdentityError> {
        let factors = &self.ports.factors;
        let accepted = match proof {
            Proof::Totp(code) => factors
                .matching_step(&two_factor.secret, code, now)?
                .filter(|step| two_factor.is_new(*step))
                .map(AcceptedCode::Totp),
            Proof::BackupCode(code) => {
                factors.spend_backup_code(&two_factor.backup_codes, code)?.map(AcceptedCode::Backup)
            }
        };
        match accepted {
            Some(accepted) => Ok(accepted),
            None => Err(self.refused(visitor, &two_factor.user_id, proof).await?),
        }
    }

    async fn spend(
        &self,
        visitor: &Visitor,
        two_factor: TwoFactor,
        proof: Proof<'_>,
        entry: Option<Entry>,
        now: DateTime<Utc>,
    ) -> Result<(), IdentityError> {
        let code = self.judge(visitor, &two_factor, proof, now).await?;
        let user_id = two_factor.user_id.clone();
        let action = if entry.is_some() { Action::SignedIn } else { Action::TwoFactorPassed };
        let event = AuditEvent::of(action, &user_id, visitor, now).with(vec![proof.as_change()]);
        let used = Use { two_factor, code, entry, event, at: now };
        if !self.ports.two_factors.use_code(&used).await? {
            return Err(self.refused(visitor, &user_id, proof).await?);
        }
        used.event.log();
        Ok(())
    }

    async fn confirm(
        &self,
        visitor: &Visitor,
        by: &SignedIn,
        two_factor: TwoFactor,
        step: i64,
        remember: bool,
    ) -> Result<SignedIn, IdentityError> {
        let event = self.event(Action::TwoFactorEnabled, &by.user.id, visitor);
        let confirmation = Confirmation {
            two_factor,
            step,
            ends: by.session.id.clone(),
            begins: self.next(visitor, &by.session, remember).by_second_factor(),
            event,
        };
        if !self.ports.two_factors.confirm(&confirmation).await? {
            return Err(self.refused(visitor, &by.user.id, Proof::Totp("")).await?);
        }
        self.ports.callers.forget(std::slice::from_ref(&by.user.id));
        confirmation.event.log();
        let user = User { two_factor_enabled: true, updated_at: confirmation.event.at, ..by.user.clone() };
        Ok(SignedIn { session: confirmation.begins, user })
    }

    async fn check(&self, user_id: &UserId, password: &Password) -> Result<(), IdentityError> {
        present_hash(&self.ports, user_id, password, IdentityError::WrongPassword).await.map(drop)
    }

    /// The session in place of another one.
    fn next(&self, visitor: &Visitor, present: &Session, remember: bool) -> Session {
        let lifetime = self.policy.sessions.lifetime_of(remember);
        let user_id = present.user_id.clone();
        Session::begin(user_id, visitor, lifetime, self.ports.clock.now(), &*self.ports.entropy).on_behalf_of(present)
    }

    /// Records a wrong code; the error to tell.
    async fn refused(
        &self,
        visitor: &Visitor,
        user_id: &UserId,
        proof: Proof<'_>,
    ) -> Result<IdentityError, IdentityError> {
        let event = self.event(Action::TwoFactorFailed, user_id, visitor).with(vec![proof.as_change()]);
        self.ports.two_factors.refuse(&event).await?;
        event.log();
        Ok(proof.refusal().into())
    }

    fn event(&self, kind: Action, user_id: &UserId, visitor: &Visitor) -> AuditEvent {
        AuditEvent::of(kind, user_id, visitor, self.ports.clock.now())
    }
}

impl Proof<'_> {
    fn refusal(self) -> TwoFactorError {
        match self {
            Self::Totp(_) => TwoFactorError::WrongCode,
            Self::BackupCode(_) => TwoFactorError::WrongBackupCode,
        }
    }

    /// Why it proves nothing to a user without a second factor.
    fn missing(self) -> TwoFactorError {
        match self {
            Self::Totp(_) => TwoFactorError::TotpNotEnabled,
            Self::BackupCode(_) => TwoFactorError::BackupCodesNotEnabled,
        }
    }

    /// What records say of it.
    fn as_change(self) -> FieldChange {
        FieldChange::to("second_factor", if matches!(self, Self::Totp(_)) { "totp" } else { "backup_code" })
    }
}

#[cfg(test)]
mod tests;
