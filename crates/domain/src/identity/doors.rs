mod second_factor;

use std::sync::Arc;

use self::second_factor::Needs;
use super::account::{Candidate, PasswordChange, PasswordProof, Registration, SessionsAfter};
use super::change::{EmailChange, Opening, Sending, UserChange};
use super::claims::EmailPurpose;
use super::error::{IdentityError, taken};
use super::letters::{Addressee, Letters};
use super::link::CallbackUrl;
use super::password::{Password, PasswordHash, Verdict};
use super::policy::{IdentityPolicy, VerifiedEmail};
use super::ports::{IdentityPorts, TokenError};
use super::random;
use super::rules;
use super::session::{Session, SignedIn};
use super::two_factor::{Passed, SecondFactorNeeded, TrustedDevice};
use super::user::{Email, User};
use super::verification::{Identifier, NewVerification, Verification};
use super::visitor::Visitor;
use crate::audit::{Action, AuditEvent};
use crate::block::BlockService;
use crate::error::StoreError;
use crate::id::UserId;
use crate::mail::Mail;
use crate::patch::Patch;

/// The use cases of somebody who is not signed in. None of them tells whether an address has an account, but signing up.
pub struct Doors {
    ports: IdentityPorts,
    policy: Arc<IdentityPolicy>,
    blocks: Arc<BlockService>,
}

/// What signing up asks for.
#[derive(Clone, Debug)]
pub struct SignUp {
    pub name: String,
    pub email: Email,
    pub password: Password,
    pub image: Option<String>,
    /// Whether the session outlives the browser.
    pub remember: bool,
    /// Where the link of the verification mail leads in the end.
    pub callback: CallbackUrl,
}

/// What signing in asks for.
#[derive(Clone, Debug)]
pub struct SignIn {
    pub email: Email,
    pub password: Password,
    /// Whether the session outlives the browser.
    pub remember: bool,
    /// Where the link of a verification mail leads in the end.
    pub callback: CallbackUrl,
    /// What the device keeps if its user trusts it: then no second factor is asked for.
    pub device: Option<String>,
}

/// What became of a sign-in whose password was right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entrance {
    Open(Box<Passed>),
    /// It waits for the second factor.
    SecondFactor(SecondFactorNeeded),
}

/// Someone who signed up, and is signed in unless the address must be verified first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedUp {
    pub user: User,
    pub session: Option<Session>,
}

/// How often a password is compared when it, or the user, changes while somebody signs in. Of several sign-ins that replace
/// the hash of an old kind, the first does, and the others find a new one.
const ATTEMPTS: usize = 3;

impl Doors {
    pub fn new(ports: IdentityPorts, policy: Arc<IdentityPolicy>, blocks: Arc<BlockService>) -> Self {
        Self { ports, policy, blocks }
    }

    /// Makes a user with a password. A taken address is [`IdentityError::EmailTaken`].
    pub async fn sign_up(&self, visitor: &Visitor, sign_up: SignUp) -> Result<SignedUp, IdentityError> {
        if sign_up.email.is_placeholder() {
            return Err(IdentityError::EmailTaken);
        }
        let hash = self.ports.passwords.hash(&sign_up.password).await?;
        let registration = self.registration(visitor, sign_up, hash)?;
        self.ports.accounts.register(&registration).await.map_err(taken)?;
        registration.event.log();
        let session = registration.session.clone();
        Ok(SignedUp { user: rules::registered(registration), session })
    }

    /// Opens a session, or lets the sign-in wait for the second factor. An unknown address takes as long as a wrong password.
    pub async fn sign_in(&self, visitor: &Visitor, sign_in: SignIn) -> Result<Entrance, IdentityError> {
        for _ in 0..ATTEMPTS {
            let proven = self.prove(&sign_in).await?;
            let now = self.ports.clock.now();
            let Some(proven) = proven else { break };
            if proven.user.is_banned(now) {
                return Err(IdentityError::Banned);
            }
            if self.policy.verified_email.is_needed_to_sign_in() && !proven.user.email_verified {
                self.mail_verification(visitor, &proven.user, &sign_in.callback).await?;
                return Err(IdentityError::EmailNotVerified);
            }
            let renewal = match self.needs(&sign_in, &proven).await? {
                Needs::Nothing => None,
                Needs::Renewal(renewal) => Some(renewal),
                Needs::SecondFactor { totp } => {
                    return self.challenge(visitor, proven, totp).await.map(Entrance::SecondFactor);
                }
            };
            let Proven { user, hash, rehash } = proven;
            let opening = Opening {
                session: self.begin(&user.id, visitor, sign_in.remember),
                compared: Some(hash),
                rehash,
                lift_ban: user.banned,
                renewal,
                event: AuditEvent::of(Action::SignedIn, &user.id, visitor, now),
            };
            if self.ports.sessions.open(&opening).await? {
                opening.event.log();
                return Ok(Entrance::Open(Box::new(self.passed(opening, user))));
            }
        }
        let at = self.ports.clock.now();
        AuditEvent::of_nobody(Action::SignInFailed, None, visitor, at).log();
        self.blocks.count_failure(visitor).await;
        Err(IdentityError::WrongCredentials)
    }

    /// Mails a link for setting a new password, if the address has an account and somebody can be reached by it.
    pub async fn request_password_reset(
        &self,
        visitor: &Visitor,
        email: &Email,
        redirect: &CallbackUrl,
    ) -> Result<(), IdentityError> {
        self.needs_mail()?;
        if email.is_placeholder() {
            return Ok(());
        }
        let Some(user) = self.ports.users.find_by_email(email).await? else { return Ok(()) };
        let token = random::text(&*self.ports.entropy, random::LETTERS_AND_DIGITS, 24);
        let identifier = Identifier::password_reset(&token).ok_or(IdentityError::InvalidToken)?;
        let now = self.ports.clock.now();
        let expires_at = now + self.policy.link_lifetime;
        let verification = NewVerification {
            id: random::record_id(&*self.ports.entropy),
            verification: Verification { identifier, user_id: user.id.clone(), expires_at },
            mail: self.letters().reset_password(&Addressee::of(&user, email), &token, redirect),
            event: AuditEvent::of(Action::PasswordResetRequested, &user.id, visitor, now),
            at: now,
        };
        self.ports.verifications.put(&verification).await?;
        verification.event.log();
        Ok(())
    }

    /// Whether a mailed token still permits to set a new password.
    pub async fn may_reset_password(&self, token: &str) -> Result<bool, IdentityError> {
        let Some(identifier) = Identifier::password_reset(token) else { return Ok(false) };
        Ok(self.live(&identifier).await?.is_some())
    }

    /// Sets a new password by a mailed token, which is spent.
    pub async fn reset_password(
        &self,
        visitor: &Visitor,
        token: &str,
        password: &Password,
    ) -> Result<(), IdentityError> {
        let identifier = Identifier::password_reset(token).ok_or(IdentityError::InvalidToken)?;
        let verification = self.live(&identifier).await?.ok_or(IdentityError::InvalidToken)?;
        let hash = self.ports.passwords.hash(password).await?;
        let now = self.ports.clock.now();
        let change = PasswordChange {
            event: AuditEvent::of(Action::PasswordReset, &verification.user_id, visitor, now),
            user_id: verification.user_id,
            hash,
            by: PasswordProof::Spends(identifier),
            sessions: SessionsAfter::Stay,
            account_id: random::record_id(&*self.ports.entropy),
            at: now,
        };
        if !self.ports.accounts.set_password(&change).await? {
            return Err(IdentityError::InvalidToken);
        }
        change.event.log();
        Ok(())
    }

    /// Mails a link that verifies an address. For somebody who is signed in it must be their own; for others nothing is
    /// mailed, and nothing told, when it has no account or is verified.
    pub async fn send_verification(
        &self,
        visitor: &Visitor,
        caller: Option<&User>,
        email: &Email,
        callback: &CallbackUrl,
    ) -> Result<(), IdentityError> {
        self.needs_mail()?;
        let Some(caller) = caller else {
            let user = self.ports.users.find_by_email(email).await?;
            return match user.filter(|user| !user.email_verified) {
                Some(user) => self.mail_verification(visitor, &user, callback).await,
                None => Ok(()),
            };
        };
        if caller.email != email.as_str() {
            return Err(IdentityError::EmailMismatch);
        }
        if caller.email_verified {
            return Err(IdentityError::EmailAlreadyVerified);
        }
        self.mail_verification(visitor, caller, callback).await
    }

    /// What a mailed token permits about an address is done: the address is verified (a second time, nothing changes), or it
    /// is changed, or the new one is asked. Returns the user whose address changed. Somebody who is signed in can change their
    /// own only.
    pub async fn verify_email(
        &self,
        visitor: &Visitor,
        caller: Option<&User>,
        token: &str,
        callback: &CallbackUrl,
    ) -> Result<Option<User>, IdentityError> {
        let claims =
            self.ports.signer.read_email_token(token, self.ports.clock.now()).map_err(|error| match error {
                TokenError::Expired => IdentityError::ExpiredToken,
                TokenError::Invalid(_) | TokenError::Unavailable(_) => IdentityError::InvalidToken,
            })?;
        let email = Email::parse(&claims.email).ok_or(IdentityError::InvalidToken)?;
        let user = self.user_of(claims.user_id, &email).await?;
        let (to, asks) = match claims.purpose {
            EmailPurpose::Verify if user.email_verified => return Ok(None),
            EmailPurpose::Verify => return self.set_email(visitor, &user, &email, &email).await.map(|_| None),
            EmailPurpose::ConfirmChange { to } => (to, true),
            EmailPurpose::VerifyChange { to } => (to, false),
        };
        if caller.is_some_and(|caller| caller.id != user.id) {
            return Err(IdentityError::OtherUser);
        }
        let to = Email::parse(&to).ok_or(IdentityError::InvalidToken)?;
        if !asks {
            return self.set_email(visitor, &user, &email, &to).await.map(Some);
        }
        let mail = self.letters().verify_change(&Addressee::of(&user, &email), &to, callback)?;
        self.send(mail, Action::EmailChangeRequested, &user, visitor).await?;
        Ok(None)
    }

    /// The user that a mailed token is about, if they still have the address.
    async fn user_of(&self, id: Option<String>, email: &Email) -> Result<User, IdentityError> {
        let found = match id {
            Some(id) => self.ports.users.find(&UserId::from_stored(id)).await?,
            None => self.ports.users.find_by_email(email).await?,
        };
        let user = found.ok_or(IdentityError::UserNotFound)?;
        if user.email == email.as_str() { Ok(user) } else { Err(IdentityError::InvalidToken) }
    }

    /// Who has the address, if this is their password.
    async fn prove(&self, SignIn { email, password, .. }: &SignIn) -> Result<Option<Proven>, IdentityError> {
        let passwords = &self.ports.passwords;
        let Some(Candidate { user, hash: Some(hash) }) = self.ports.accounts.candidate(email).await? else {
            passwords.pretend(password).await?;
            return Ok(None);
        };
        Ok(match passwords.verify(password, &hash).await? {
            Verdict::Right => Some(Proven { user, hash, rehash: None }),
            Verdict::RightButOld => Some(Proven { user, hash, rehash: Some(passwords.hash(password).await?) }),
            Verdict::Wrong => None,
        })
    }

    fn registration(
        &self,
        visitor: &Visitor,
        sign_up: SignUp,
        hash: PasswordHash,
    ) -> Result<Registration, IdentityError> {
        let now = self.ports.clock.now();
        let user_id = UserId::from_stored(random::record_id(&*self.ports.entropy));
        let verify_first = self.policy.verified_email.is_needed_to_sign_in();
        let asks_to_verify = self.policy.verified_email != VerifiedEmail::Optional && self.policy.mail;
        let to = Addressee { user_id: &user_id, name: &sign_up.name, email: &sign_up.email };
        let mail = asks_to_verify.then(|| self.letters().verify(&to, &sign_up.callback));
        Ok(Registration {
            mail: mail.transpose()?,
            session: (!verify_first).then(|| self.begin(&user_id, visitor, sign_up.remember)),
            event: AuditEvent::of(Action::SignedUp, &user_id, visitor, now),
            user_id,
            name: sign_up.name,
            email: sign_up.email,
            email_verified: false,
            image: sign_up.image,
            role: rules::DEFAULT_ROLE.to_owned(),
            roles_made_from: None,
            account_id: random::record_id(&*self.ports.entropy),
            hash: Some(hash),
            at: now,
        })
    }

    fn passed(&self, Opening { session, renewal, .. }: Opening, user: User) -> Passed {
        let device = renewal.map(|renewal| TrustedDevice::of(&renewal.to.id, &user.id, &*self.ports.signer));
        Passed { signed_in: SignedIn { session, user: rules::after_sign_in(user) }, device }
    }

    fn begin(&self, user_id: &UserId, visitor: &Visitor, remember: bool) -> Session {
        let lifetime = self.policy.sessions.lifetime_of(remember);
        Session::begin(user_id.clone(), visitor, lifetime, self.ports.clock.now(), &*self.ports.entropy)
    }

    async fn live(&self, identifier: &Identifier) -> Result<Option<Verification>, StoreError> {
        let now = self.ports.clock.now();
        let found = self.ports.verifications.find(identifier).await?;
        Ok(found.filter(|verification| now < verification.expires_at))
    }

    fn needs_mail(&self) -> Result<(), IdentityError> {
        if self.policy.mail { Ok(()) } else { Err(IdentityError::MailOff) }
    }

    async fn mail_verification(
        &self,
        visitor: &Visitor,
        user: &User,
        callback: &CallbackUrl,
    ) -> Result<(), IdentityError> {
        let reachable = |email: &Email| self.policy.mail && !email.is_placeholder();
        let Some(email) = Email::parse(&user.email).filter(reachable) else { return Ok(()) };
        let mail = self.letters().verify(&Addressee::of(user, &email), callback)?;
        self.send(mail, Action::EmailVerificationRequested, user, visitor).await
    }

    async fn send(&self, mail: Mail, kind: Action, user: &User, visitor: &Visitor) -> Result<(), IdentityError> {
        let sending = Sending { mail, event: AuditEvent::of(kind, &user.id, visitor, self.ports.clock.now()) };
        self.ports.outbox.put(&sending).await?;
        sending.event.log();
        Ok(())
    }

    fn letters(&self) -> Letters<'_> {
        Letters { ports: &self.ports, policy: &self.policy }
    }

    async fn set_email(&self, visitor: &Visitor, user: &User, from: &Email, to: &Email) -> Result<User, IdentityError> {
        let now = self.ports.clock.now();
        let kind = if from == to { Action::EmailVerified } else { Action::EmailChanged };
        // As with Better Auth: who had no verified address has none after a change either.
        let verified = from == to || user.email_verified;
        let change = UserChange {
            user_id: user.id.clone(),
            name: None,
            image: Patch::Keep,
            email: Some(EmailChange { from: from.clone(), to: to.clone(), verified }),
            event: AuditEvent::of(kind, &user.id, visitor, now),
            at: now,
        };
        let user = self.ports.users.update(&change).await.map_err(taken)?.ok_or(IdentityError::InvalidToken)?;
        self.ports.callers.forget(std::slice::from_ref(&user.id));
        change.event.log();
        Ok(user)
    }
}

/// Somebody whose password was right.
struct Proven {
    user: User,
    /// The one of their password.
    hash: PasswordHash,
    /// A better one, if that is of an old kind.
    rehash: Option<PasswordHash>,
}

#[cfg(test)]
mod tests;
