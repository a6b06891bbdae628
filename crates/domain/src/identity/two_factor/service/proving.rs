use chrono::{DateTime, Utc};

use super::TwoFactorService;
use crate::audit::{Action, AuditEvent, FieldChange};
use crate::id::UserId;
use crate::identity::error::IdentityError;
use crate::identity::rules;
use crate::identity::session::{Session, SignedIn};
use crate::identity::two_factor::LOCKED_FOR;
use crate::identity::two_factor::challenge::{ChallengeId, Pending};
use crate::identity::two_factor::change::{AcceptedCode, Admission, Attempt, Confirmation, Entry, Use};
use crate::identity::two_factor::device::{NewDevice, TrustedDevice};
use crate::identity::two_factor::error::TwoFactorError;
use crate::identity::two_factor::factor::TwoFactor;
use crate::identity::user::User;
use crate::identity::visitor::Visitor;

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

/// What a code is given for.
enum Purpose {
    Entry(Entry),
    /// For nothing else, in this session if in any.
    Proof(Option<Session>),
    StepUp(Session),
}

impl TwoFactorService {
    /// Somebody who is signed in proves the second factor. The first code of the app confirms it, and begins a new session;
    /// a later one makes the session one by second factor.
    pub async fn verify(
        &self,
        visitor: &Visitor,
        by: &SignedIn,
        proof: Proof<'_>,
        remember: bool,
    ) -> Result<Verified, IdentityError> {
        by.session.refuse_impersonation()?;
        let two_factor = self.ports.two_factors.find(&by.user.id).await?.ok_or(proof.missing())?;
        let now = self.ports.clock.now();
        let confirms = !two_factor.confirmed || !by.user.two_factor_enabled;
        if let Proof::Totp(code) = proof
            && confirms
        {
            let Some(step) = self.new_step(&two_factor, code, now)? else {
                return Err(self.refused(visitor, &by.user.id, proof).await?);
            };
            let signed_in = self.confirm(visitor, by, two_factor, step, remember).await?;
            return Ok(Verified { signed_in, confirmed: true });
        }
        let signed_in = SignedIn { session: by.session.clone().by_second_factor(), user: by.user.clone() };
        self.admit(&two_factor, None, now).await?;
        self.spend(visitor, two_factor, proof, Purpose::Proof(Some(signed_in.session.clone())), now).await?;
        Ok(Verified { signed_in, confirmed: false })
    }

    /// Somebody who is signed in, and gave their password again, proves the second factor. Their session becomes this one.
    pub(in crate::identity) async fn step_up(
        &self,
        visitor: &Visitor,
        session: Session,
        proof: Proof<'_>,
    ) -> Result<Session, IdentityError> {
        let found = self.ports.two_factors.find(&session.user_id).await?;
        let two_factor = found.filter(|found| found.confirmed).ok_or(TwoFactorError::NotEnabled)?;
        let now = self.ports.clock.now();
        self.admit(&two_factor, None, now).await?;
        self.spend(visitor, two_factor, proof, Purpose::StepUp(session.clone()), now).await?;
        Ok(session)
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
        self.spend(visitor, two_factor, proof, Purpose::Entry(entry), now).await?;
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
        self.spend(visitor, two_factor, proof, Purpose::Proof(None), now).await?;
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
            locked_until: now + LOCKED_FOR,
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
        let accepted = match proof {
            Proof::Totp(code) => self.new_step(two_factor, code, now)?.map(AcceptedCode::Totp),
            Proof::BackupCode(code) => {
                let left = self.ports.factors.spend_backup_code(&two_factor.backup_codes, code)?;
                left.map(AcceptedCode::Backup)
            }
        };
        match accepted {
            Some(accepted) => Ok(accepted),
            None => Err(self.refused(visitor, &two_factor.user_id, proof).await?),
        }
    }

    /// The step of a code that is right and was not used before.
    fn new_step(&self, two_factor: &TwoFactor, code: &str, now: DateTime<Utc>) -> Result<Option<i64>, IdentityError> {
        let step = self.ports.factors.matching_step(&two_factor.secret, code, now)?;
        Ok(step.filter(|step| two_factor.is_new(*step)))
    }

    async fn spend(
        &self,
        visitor: &Visitor,
        two_factor: TwoFactor,
        proof: Proof<'_>,
        purpose: Purpose,
        now: DateTime<Utc>,
    ) -> Result<(), IdentityError> {
        let code = self.judge(visitor, &two_factor, proof, now).await?;
        let user_id = two_factor.user_id.clone();
        let (action, entry, session) = match purpose {
            Purpose::Entry(entry) => (Action::SignedIn, Some(entry), None),
            Purpose::Proof(session) => (Action::TwoFactorPassed, None, session),
            Purpose::StepUp(session) => (Action::AuthenticatedAgain, None, Some(session)),
        };
        let event = AuditEvent::of(action, &user_id, visitor, now).with(vec![proof.as_change()]);
        let used = Use { two_factor, code, entry, session, event, at: now };
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
            begins: self.next(visitor, &by.user.id, remember).by_second_factor(),
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

    /// Records a wrong code, which counts as a failed sign-in of the address; the error to tell.
    async fn refused(
        &self,
        visitor: &Visitor,
        user_id: &UserId,
        proof: Proof<'_>,
    ) -> Result<IdentityError, IdentityError> {
        let event = self.event(Action::TwoFactorFailed, user_id, visitor).with(vec![proof.as_change()]);
        self.ports.two_factors.refuse(&event).await?;
        event.log();
        self.blocks.count_failure(visitor).await;
        Ok(proof.refusal().into())
    }
}

impl<'a> Proof<'a> {
    /// Codes of apps have six digits, and backup codes letters or a hyphen.
    pub fn of(code: &'a str) -> Self {
        if code.bytes().all(|byte| byte.is_ascii_digit()) { Self::Totp(code) } else { Self::BackupCode(code) }
    }

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
