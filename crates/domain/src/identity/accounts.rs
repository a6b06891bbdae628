use std::sync::Arc;

use super::account::{Account, PasswordChange, PasswordProof, SessionsAfter, Unlinked};
use super::change::{Sending, Unlinking, UserChange};
use super::error::IdentityError;
use super::letters::{Addressee, Letters};
use super::link::CallbackUrl;
use super::password::{Password, PasswordHash};
use super::policy::IdentityPolicy;
use super::ports::IdentityPorts;
use super::random;
use super::session::{Session, SignedIn};
use super::step_up::{Authentication, StepUpError};
use super::user::{Email, User};
use super::users::{self, UserDeletion};
use super::verification::{Identifier, NewVerification, Verification};
use super::visitor::Visitor;
use crate::audit::{Action, AuditEvent};
use crate::error::StoreError;
use crate::id::UserId;
use crate::patch::Patch;

/// What a user who is signed in does with their own account.
pub struct AccountService {
    ports: IdentityPorts,
    policy: Arc<IdentityPolicy>,
}

/// What became of a request to delete an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    Done,
    /// A link was mailed that does it.
    Mailed,
}

impl AccountService {
    pub fn new(ports: IdentityPorts, policy: Arc<IdentityPolicy>) -> Self {
        Self { ports, policy }
    }

    /// The user with this id.
    pub async fn find(&self, user_id: &UserId) -> Result<Option<User>, StoreError> {
        self.ports.users.find(user_id).await
    }

    /// The user as it is after the change.
    pub async fn update(
        &self,
        visitor: &Visitor,
        user_id: &UserId,
        name: Option<String>,
        image: Patch<String>,
    ) -> Result<User, IdentityError> {
        let now = self.ports.clock.now();
        let event = AuditEvent::of(Action::UserUpdated, user_id, visitor, now);
        let change = UserChange { user_id: user_id.clone(), name, image, email: None, event, at: now };
        self.store(&change).await
    }

    /// A user's ways to sign in, the oldest first.
    pub async fn list(&self, user_id: &UserId) -> Result<Vec<Account>, StoreError> {
        self.ports.accounts.list(user_id).await
    }

    pub async fn unlink(&self, visitor: &Visitor, by: &SignedIn, account_id: &str) -> Result<(), IdentityError> {
        by.session.refuse_impersonation()?;
        self.needs_fresh(&by.session)?;
        let event = AuditEvent::of(Action::AccountUnlinked, &by.user.id, visitor, self.ports.clock.now());
        let unlinking = Unlinking { user_id: by.user.id.clone(), account_id: account_id.to_owned(), event };
        match self.ports.accounts.unlink(&unlinking).await? {
            Unlinked::Done => unlinking.event.log(),
            Unlinked::NotFound => return Err(IdentityError::AccountNotFound),
            Unlinked::Last => return Err(IdentityError::LastAccount),
        }
        Ok(())
    }

    /// Whether this is the caller's password.
    pub async fn verify_password(&self, by: &SignedIn, password: &Password) -> Result<(), IdentityError> {
        by.session.refuse_impersonation()?;
        present_hash(&self.ports, &by.user.id, password, IdentityError::WrongPassword).await.map(drop)
    }

    /// Replaces the password. With `end_sessions` all sessions end, and the returned one begins.
    pub async fn change_password(
        &self,
        visitor: &Visitor,
        by: &SignedIn,
        current: &Password,
        new: &Password,
        end_sessions: bool,
    ) -> Result<Option<Session>, IdentityError> {
        by.session.refuse_impersonation()?;
        let user_id = &by.user.id;
        let present = present_hash(&self.ports, user_id, current, IdentityError::NoPassword).await?;
        let hash = self.ports.passwords.hash(new).await?;
        let now = self.ports.clock.now();
        let lifetime = self.policy.sessions.lifetime;
        let session =
            end_sessions.then(|| Session::begin(user_id.clone(), visitor, lifetime, now, &*self.ports.entropy));
        let change = PasswordChange {
            user_id: user_id.clone(),
            hash,
            by: PasswordProof::Present(present),
            sessions: session.clone().map_or(SessionsAfter::Stay, SessionsAfter::OnlyThis),
            account_id: random::record_id(&*self.ports.entropy),
            event: AuditEvent::of(Action::PasswordChanged, user_id, visitor, now),
            at: now,
        };
        if !self.ports.accounts.set_password(&change).await? {
            // Somebody else changed it since it was compared.
            return Err(IdentityError::WrongPassword);
        }
        self.ports.callers.forget(std::slice::from_ref(user_id));
        change.event.log();
        Ok(session)
    }

    /// Mails a link that changes the address: to the present address if that is verified, else to the new one. Does not
    /// tell whether another user has the new address.
    pub async fn change_email(
        &self,
        visitor: &Visitor,
        SignedIn { session, user }: &SignedIn,
        new: &Email,
        callback: &CallbackUrl,
    ) -> Result<(), IdentityError> {
        session.refuse_impersonation()?;
        if user.email == new.as_str() {
            return Err(IdentityError::SameEmail);
        }
        if !self.policy.mail {
            return Err(IdentityError::MailOff);
        }
        let present = Email::parse(&user.email).ok_or(IdentityError::EmailMismatch)?;
        if new.is_placeholder() || self.ports.users.find_by_email(new).await?.is_some() {
            return Ok(());
        }
        let to = Addressee::of(user, &present);
        let mail = if user.email_verified && !present.is_placeholder() {
            self.letters().confirm_change(&to, new, callback)?
        } else {
            self.letters().verify_change(&to, new, callback)?
        };
        let event = AuditEvent::of(Action::EmailChangeRequested, &user.id, visitor, self.ports.clock.now());
        let sending = Sending { mail, event };
        self.ports.outbox.put(&sending).await?;
        sending.event.log();
        Ok(())
    }

    /// Deletes the caller's account by their password, or if they authenticated recently; else mails a link that does it.
    pub async fn delete(
        &self,
        visitor: &Visitor,
        by: &SignedIn,
        password: Option<&Password>,
        callback: &CallbackUrl,
    ) -> Result<Deletion, IdentityError> {
        let (now, authentication) = (self.ports.clock.now(), Authentication::from(&by.session));
        let authentication = if password.is_some() { authentication.renewed(now) } else { authentication };
        let recent = self.policy.step_up.check(authentication, by.user.two_factor_enabled, now);
        match (password, recent) {
            (Some(password), Ok(())) => self.verify_password(by, password).await?,
            (None, Ok(())) => {}
            (None, Err(StepUpError::Required(_))) if self.can_mail(&by.user) => {
                return self.mail_deletion(visitor, &by.user, callback).await;
            }
            (None, Err(StepUpError::Required(_))) if !self.is_fresh(&by.session) => {
                return Err(IdentityError::NotFresh);
            }
            (_, Err(error)) => return Err(error.into()),
        }
        self.finish_deletion(visitor, &by.user.id, None).await?;
        Ok(Deletion::Done)
    }

    /// Deletes the caller's account by a mailed token.
    pub async fn delete_by_token(&self, visitor: &Visitor, by: &SignedIn, token: &str) -> Result<(), IdentityError> {
        by.session.refuse_impersonation()?;
        let identifier = Identifier::account_deletion(token).ok_or(IdentityError::InvalidToken)?;
        self.finish_deletion(visitor, &by.user.id, Some(identifier)).await
    }

    async fn finish_deletion(
        &self,
        visitor: &Visitor,
        user_id: &UserId,
        spends: Option<Identifier>,
    ) -> Result<(), IdentityError> {
        let event = AuditEvent::of(Action::UserDeleted, user_id, visitor, self.ports.clock.now());
        let deletion = |user: User| Ok(UserDeletion::of(&user, spends.clone(), event.clone()));
        match users::delete(&self.ports, user_id, deletion).await {
            // Somebody else deleted it: the token is spent.
            Err(IdentityError::UserNotFound) => Err(IdentityError::InvalidToken),
            result => result,
        }
    }

    async fn mail_deletion(
        &self,
        visitor: &Visitor,
        user: &User,
        callback: &CallbackUrl,
    ) -> Result<Deletion, IdentityError> {
        let token = random::text(&*self.ports.entropy, random::LOWER_CASE_AND_DIGITS, 32);
        let identifier = Identifier::account_deletion(&token).ok_or(IdentityError::InvalidToken)?;
        let email = Email::parse(&user.email).ok_or(IdentityError::MailOff)?;
        let now = self.ports.clock.now();
        let expires_at = now + self.policy.link_lifetime;
        let verification = NewVerification {
            id: random::record_id(&*self.ports.entropy),
            verification: Verification { identifier, user_id: user.id.clone(), expires_at },
            mail: self.letters().delete_account(&Addressee::of(user, &email), &token, callback),
            event: AuditEvent::of(Action::UserDeletionRequested, &user.id, visitor, now),
            at: now,
        };
        self.ports.verifications.put(&verification).await?;
        verification.event.log();
        Ok(Deletion::Mailed)
    }

    fn can_mail(&self, user: &User) -> bool {
        self.policy.mail && Email::parse(&user.email).is_some_and(|email| !email.is_placeholder())
    }

    fn needs_fresh(&self, session: &Session) -> Result<(), IdentityError> {
        if self.is_fresh(session) { Ok(()) } else { Err(IdentityError::NotFresh) }
    }

    fn is_fresh(&self, session: &Session) -> bool {
        self.policy.sessions.is_fresh(session, self.ports.clock.now())
    }

    async fn store(&self, change: &UserChange) -> Result<User, IdentityError> {
        let user = self.ports.users.update(change).await?.ok_or(IdentityError::UserNotFound)?;
        change.event.log();
        Ok(user)
    }

    fn letters(&self) -> Letters<'_> {
        Letters { ports: &self.ports, policy: &self.policy }
    }
}

/// The stored hash, if it is the password's. `missing` is the error of a user without a password.
pub(super) async fn present_hash(
    ports: &IdentityPorts,
    user_id: &UserId,
    password: &Password,
    missing: IdentityError,
) -> Result<PasswordHash, IdentityError> {
    let hash = ports.accounts.password_of(user_id).await?.ok_or(missing)?;
    let verdict = ports.passwords.verify(password, &hash).await?;
    if verdict.is_right() { Ok(hash) } else { Err(IdentityError::WrongPassword) }
}

#[cfg(test)]
mod tests;
