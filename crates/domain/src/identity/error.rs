use thiserror::Error;

use super::impersonation::ImpersonationError;
use super::password::{HashError, PasswordFault};
use super::ports::{EMAIL_CONSTRAINT, SigningError, TokenError};
use super::step_up::StepUpError;
use super::two_factor::{TwoFactorError, UnusableFactor};
use crate::error::{Cause, ErrorKind, Fault, StoreError};

/// Why a credential does not make its bearer an actor.
#[derive(Debug, Error)]
pub enum AuthError {
    #[error("Not authenticated")]
    Missing,
    /// The text is the same for whatever is wrong, so that it tells nothing to who guesses.
    #[error("Invalid or expired token")]
    Token(#[source] TokenError),
    /// It was a session's, and that has ended. The text is that of any bad token.
    #[error("Invalid or expired token")]
    SessionEnded,
    #[error("this user is banned")]
    Banned,
    #[error("the e-mail address must be verified first")]
    EmailNotVerified,
    #[error(transparent)]
    StepUp(#[from] StepUpError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for AuthError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing | Self::Banned | Self::SessionEnded => ErrorKind::Unauthenticated,
            Self::EmailNotVerified => ErrorKind::Forbidden,
            Self::StepUp(error) => error.kind(),
            Self::Token(TokenError::Unavailable(_)) => ErrorKind::Unavailable,
            Self::Token(_) => ErrorKind::Unauthenticated,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "not_authenticated",
            Self::Banned => "user_banned",
            Self::EmailNotVerified => "email_not_verified",
            Self::StepUp(error) => error.code(),
            Self::SessionEnded => "session_expired",
            Self::Token(TokenError::Expired) => "token_expired",
            Self::Token(TokenError::Invalid(_)) => "token_invalid",
            Self::Token(TokenError::Unavailable(_)) => "unavailable",
            Self::Store(error) => error.code(),
        }
    }
}

/// Why something about an identity was not done. Each has a code of ours; Better Auth's wire has its own names for them.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// The same for an unknown address and a wrong password.
    #[error("wrong e-mail address or password")]
    WrongCredentials,
    #[error("the e-mail address is not verified")]
    EmailNotVerified,
    #[error("this user is banned")]
    Banned,
    #[error("another user has this e-mail address")]
    EmailTaken,
    #[error(transparent)]
    Password(#[from] PasswordFault),
    #[error("the password is wrong")]
    WrongPassword,
    #[error("this user has no password")]
    NoPassword,
    #[error("there is no such session, or it has ended")]
    NoSession,
    #[error("the session is not fresh: sign in again")]
    NotFresh,
    #[error(transparent)]
    StepUp(#[from] StepUpError),
    #[error("there is no password to authenticate again with: sign in again")]
    NoStepUp,
    /// A mailed token that is unknown, spent or altered.
    #[error("the token is invalid")]
    InvalidToken,
    #[error("the token is expired")]
    ExpiredToken,
    /// A link that is about another user than the one who is signed in.
    #[error("this is for another user than the one who is signed in")]
    OtherUser,
    #[error("there is no such user")]
    UserNotFound,
    #[error("this is the present e-mail address")]
    SameEmail,
    #[error("the e-mail address is verified already")]
    EmailAlreadyVerified,
    #[error("this is not the caller's e-mail address")]
    EmailMismatch,
    #[error("this server sends no mail")]
    MailOff,
    #[error("there is no such account")]
    AccountNotFound,
    #[error("the last account cannot be unlinked")]
    LastAccount,
    #[error("no admin would be left: make somebody else one first")]
    LastAdmin,
    #[error(transparent)]
    TwoFactor(#[from] TwoFactorError),
    #[error(transparent)]
    Impersonation(#[from] ImpersonationError),
    #[error("too many passwords are being checked at the moment")]
    Busy,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a cryptographic operation failed")]
    Failed(#[source] Cause),
}

/// A taken address, told from other conflicts.
pub(super) fn taken(error: StoreError) -> IdentityError {
    match error {
        StoreError::Conflict { constraint } if constraint == EMAIL_CONSTRAINT => IdentityError::EmailTaken,
        other => other.into(),
    }
}

impl From<HashError> for IdentityError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Busy,
            HashError::Failed(cause) => Self::Failed(cause),
        }
    }
}

impl From<SigningError> for IdentityError {
    fn from(error: SigningError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<UnusableFactor> for IdentityError {
    fn from(error: UnusableFactor) -> Self {
        Self::Failed(error.into())
    }
}

impl Fault for IdentityError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::WrongCredentials | Self::Banned | Self::NoSession => ErrorKind::Unauthenticated,
            Self::EmailNotVerified | Self::NotFresh | Self::NoStepUp | Self::OtherUser => ErrorKind::Forbidden,
            Self::StepUp(error) => error.kind(),
            Self::EmailTaken | Self::LastAccount | Self::LastAdmin | Self::EmailAlreadyVerified | Self::SameEmail => {
                ErrorKind::Conflict
            }
            Self::Password(_)
            | Self::WrongPassword
            | Self::NoPassword
            | Self::InvalidToken
            | Self::ExpiredToken
            | Self::EmailMismatch => ErrorKind::Invalid,
            Self::UserNotFound | Self::AccountNotFound | Self::MailOff => ErrorKind::NotFound,
            Self::TwoFactor(error) => error.kind(),
            Self::Impersonation(error) => error.kind(),
            Self::Busy => ErrorKind::Unavailable,
            Self::Store(error) => error.kind(),
            Self::Failed(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::WrongCredentials => "wrong_credentials",
            Self::EmailNotVerified => "email_not_verified",
            Self::Banned => "user_banned",
            Self::EmailTaken => "email_taken",
            Self::Password(PasswordFault::TooShort) => "password_too_short",
            Self::Password(PasswordFault::TooLong) => "password_too_long",
            Self::WrongPassword => "wrong_password",
            Self::NoPassword => "no_password",
            Self::NoSession => "session_expired",
            Self::NotFresh => "session_not_fresh",
            Self::StepUp(error) => error.code(),
            Self::NoStepUp => "step_up_unavailable",
            Self::InvalidToken => "token_invalid",
            Self::ExpiredToken => "token_expired",
            Self::OtherUser => "user_mismatch",
            Self::UserNotFound => "user_not_found",
            Self::SameEmail => "email_unchanged",
            Self::EmailAlreadyVerified => "email_already_verified",
            Self::EmailMismatch => "email_mismatch",
            Self::MailOff => "mail_off",
            Self::AccountNotFound => "account_not_found",
            Self::LastAccount => "last_account",
            Self::LastAdmin => "last_admin",
            Self::TwoFactor(error) => error.code(),
            Self::Impersonation(error) => error.code(),
            Self::Busy => "busy",
            Self::Store(error) => error.code(),
            Self::Failed(_) => "internal_error",
        }
    }
}
