use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use super::account::{Account, Candidate, Linking, PasswordChange, Registration, Unlinked};
use super::admin::{AdminStanding, Promotion};
use super::change::{Ending, Extension, Opening, Reauthentication, Rotation, Sending, Unlinking, UserChange};
use super::claims::{EmailClaims, SessionClaims};
use super::impersonation::Impersonation;
use super::key::{KeyReplacement, SigningAlgorithm, SigningKey};
use super::password::{PasswordHash, PasswordHasher};
use super::session::{Session, SessionId, SessionToken, SignedIn};
use super::token::{Caller, Epoch, VerifiedToken};
use super::two_factor::{SecondFactors, TwoFactorStore};
use super::user::{Email, NewUser, User};
use super::users::{Deleted, UserDeletion, UserEdit, UserQuery};
use super::verification::{Identifier, NewVerification, Verification};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::error::{Cause, StoreError};
use crate::id::UserId;
use crate::page::Page;

/// Checks tokens: their signature by a key and algorithm that are configured, never by what the token itself names,
/// and that they are meant for us and not expired.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait TokenVerifier: Send + Sync {
    async fn verify(&self, token: &str) -> Result<VerifiedToken, TokenError>;
}

/// Why a token is not accepted.
#[derive(Debug, Error)]
pub enum TokenError {
    #[error("the token is expired")]
    Expired,
    /// The reason is for logs; it never holds the token.
    #[error("the token is invalid: {0}")]
    Invalid(String),
    /// What is needed to judge it does not answer.
    #[error("the token cannot be checked at the moment")]
    Unavailable(#[source] Cause),
}

/// Keeps users.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait UserStore: Send + Sync {
    async fn find(&self, id: &UserId) -> Result<Option<User>, StoreError>;

    async fn find_by_email(&self, email: &Email) -> Result<Option<User>, StoreError>;

    /// The user with this id, stored with the wanted address if no one else has it, else with the placeholder.
    /// If the id exists already, that user as it is.
    async fn register(&self, user: &NewUser) -> Result<User, StoreError>;

    /// The user as it is after the change; `None` when there is no such user. An address that another user has is
    /// [`StoreError::Conflict`].
    async fn update(&self, change: &UserChange) -> Result<Option<User>, StoreError>;

    /// Stores a user as they are to be, and ends their sessions with that if it says so: also those that begin at the same
    /// moment. False, and nothing happens, when no admin would be left. [`StoreError::Stale`], and nothing happens, when the
    /// user is gone or is not as they were, or a role has changed that the edit was judged by. An address that another user
    /// has is [`StoreError::Conflict`].
    ///
    /// Of those who take each other's standing as an admin at the same moment, the last one is refused.
    async fn edit(&self, edit: &UserEdit) -> Result<bool, StoreError>;

    /// Deletes a user with all that is theirs. [`StoreError::Stale`], and nothing happens, when they are gone or are not as
    /// they were. Admins are guarded as by [`Self::edit`].
    async fn delete(&self, deletion: &UserDeletion) -> Result<Deleted, StoreError>;

    /// A part of the list of users, as it is at `now`.
    async fn page(&self, query: &UserQuery, now: DateTime<Utc>) -> Result<Page<User>, StoreError>;
}

/// Keeps sessions. Ending one, or the user's end, is told to [`AuthChanges`] in the same transaction.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// The session that has this token at `now`, or had it until less than the grace ago, and its user. Expired ones too.
    async fn find(&self, token: &SessionToken, now: DateTime<Utc>) -> Result<Option<SignedIn>, StoreError>;

    /// Expired ones too.
    async fn find_by_id(&self, id: &SessionId) -> Result<Option<SignedIn>, StoreError>;

    /// A user's sessions that live at `now`, the newest first.
    async fn list(&self, user_id: &UserId, now: DateTime<Utc>) -> Result<Vec<Session>, StoreError>;

    /// Stores a session that begins, with what signing in changes besides. False, and nothing happens, when what let the
    /// user in no longer holds: they have another password than the one that was compared, or a second factor by now, the device is no
    /// longer trusted, or they are banned, or gone. A change of
    /// that which runs at the same moment is waited for, and sees the session if it comes second.
    async fn open(&self, opening: &Opening) -> Result<bool, StoreError>;

    /// Stores a session in which an administrator acts as a user. False, and nothing happens, when what permits it no longer
    /// holds: the administrator's own session has ended, either has other roles than those that were judged, is banned, or is
    /// gone. A change of that which runs at the same moment is waited for.
    ///
    /// It ends with the administrator's own session, and with any other role, ban or end of either of the two, or change of
    /// any role, whoever makes it.
    async fn impersonate(&self, impersonation: &Impersonation) -> Result<bool, StoreError>;

    /// False when the session is gone.
    async fn extend(&self, extension: &Extension) -> Result<bool, StoreError>;

    /// Gives the session a new token. False, and nothing happens, when it no longer has the old one.
    async fn rotate(&self, rotation: &Rotation) -> Result<bool, StoreError>;

    /// Stores when and how the user has proved again who they are. False, and nothing happens, when the session is gone, has
    /// expired, or is not this user's.
    async fn authenticate_again(&self, again: &Reauthentication) -> Result<bool, StoreError>;

    /// Ends sessions; how many there were.
    async fn end(&self, ending: &Ending) -> Result<u64, StoreError>;
}

/// Keeps the ways in which users sign in.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// The user with this address, and their password.
    async fn candidate(&self, email: &Email) -> Result<Option<Candidate>, StoreError>;

    /// A user's password; `None` without one.
    async fn password_of(&self, user_id: &UserId) -> Result<Option<PasswordHash>, StoreError>;

    /// The oldest first.
    async fn list(&self, user_id: &UserId) -> Result<Vec<Account>, StoreError>;

    /// Stores user, counters, account, session and mail together. An address that another user has is
    /// [`StoreError::Conflict`] with the constraint [`EMAIL_CONSTRAINT`]. [`StoreError::Stale`], and nothing happens, when a
    /// role has changed that the user's roles were judged by.
    async fn register(&self, registration: &Registration) -> Result<(), StoreError>;

    /// Sets a password. False, and nothing happens, when what allows it no longer holds.
    async fn set_password(&self, change: &PasswordChange) -> Result<bool, StoreError>;

    /// Adds an account. False, and nothing happens, when the user has this very account, or does not exist.
    async fn link(&self, linking: &Linking) -> Result<bool, StoreError>;

    /// Deletes one of a user's accounts, unless it is the only one.
    async fn unlink(&self, unlinking: &Unlinking) -> Result<Unlinked, StoreError>;
}

/// Makes the first admin: once, however many instances want to at the same time.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait AdminStore: Send + Sync {
    /// Whether there is an admin, and the user with this address.
    async fn standing(&self, email: &Email) -> Result<AdminStanding, StoreError>;

    /// Stores what [`AccountStore::register`] does. False, and nothing happens, when there is an admin.
    async fn register_first(&self, registration: &Registration) -> Result<bool, StoreError>;

    /// Gives a user roles. False, and nothing happens, when there is an admin or no such user.
    async fn promote_first(&self, promotion: &Promotion) -> Result<bool, StoreError>;
}

/// The rule by which an address belongs to one user.
pub const EMAIL_CONSTRAINT: &str = "users_email_key";

/// Keeps one-time permissions.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait VerificationStore: Send + Sync {
    /// Stores a verification and the mail that carries it together.
    async fn put(&self, verification: &NewVerification) -> Result<(), StoreError>;

    /// The newest with this identifier. Expired ones too.
    async fn find(&self, identifier: &Identifier) -> Result<Option<Verification>, StoreError>;
}

/// Takes mails that belong to no other change.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Outbox: Send + Sync {
    /// From here on the mail is not lost.
    async fn put(&self, sending: &Sending) -> Result<(), StoreError>;
}

/// Keeps the keys that our tokens are signed with.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait SigningKeyStore: Send + Sync {
    /// All of them, the newest first.
    async fn all(&self) -> Result<Vec<SigningKey>, StoreError>;

    /// Stores the key, and ends the others.
    async fn replace(&self, replacement: &KeyReplacement) -> Result<(), StoreError>;
}

/// Makes keys, and signs with them.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait TokenSigner: Send + Sync {
    /// A key with this id. Making one may take a second (RSA).
    async fn generate(
        &self,
        id: String,
        algorithm: SigningAlgorithm,
        at: DateTime<Utc>,
    ) -> Result<SigningKey, SigningError>;

    /// The JWT of these claims.
    fn sign<'a>(&self, key: &SigningKey, claims: &SessionClaims<'a>) -> Result<String, SigningError>;
}

/// Why nothing could be signed.
#[derive(Debug, Error)]
pub enum SigningError {
    /// Encrypted with another secret, or damaged.
    #[error("the private key cannot be read")]
    Unreadable,
    #[error("signing failed")]
    Failed(#[source] Cause),
}

/// Signs what clients hand back to us, by the secret.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
pub trait Signer: Send + Sync {
    /// `value`, a dot and its signature: 44 characters of base64. In cookies it stands percent-encoded.
    fn sign(&self, value: &str) -> String;

    /// The value that was signed, percent-encoded or not, if the signature is ours.
    fn unsign(&self, signed: &str) -> Option<String>;

    /// The token of a mailed link.
    fn email_token(&self, claims: &EmailClaims, now: DateTime<Utc>) -> Result<String, SigningError>;

    fn read_email_token(&self, token: &str, now: DateTime<Utc>) -> Result<EmailClaims, TokenError>;
}

/// Remembers whom a token was found to stand for. Bounded; it may forget at any time, and forgets within [`REMEMBERED`].
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
pub trait CallerCache: Send + Sync {
    fn find(&self, token: &str) -> Option<Caller>;

    /// To be asked before a caller is looked up.
    fn epoch(&self) -> Epoch;

    /// Remembers a caller, unless somebody was forgotten since the look-up began: it may have seen what is over now.
    fn keep(&self, token: &str, caller: Caller, looked_up: Epoch);

    /// Forgets every token of these users, and those by which they act as others. A new epoch begins.
    fn forget(&self, users: &[UserId]);
}

/// How long a caller may be remembered.
pub const REMEMBERED: TimeDelta = TimeDelta::seconds(60);

/// Tells which users changed in what they may do, whoever changed them.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait AuthChanges: Send + Sync {
    /// The users whose ban, role or existence changed, or of whom a session ended, within `age`.
    async fn within(&self, age: TimeDelta) -> Result<Vec<UserId>, StoreError>;
}

/// Everything that the identity services need from outside.
#[derive(Clone)]
pub struct IdentityPorts {
    pub users: Arc<dyn UserStore>,
    pub sessions: Arc<dyn SessionStore>,
    pub accounts: Arc<dyn AccountStore>,
    pub verifications: Arc<dyn VerificationStore>,
    pub two_factors: Arc<dyn TwoFactorStore>,
    pub outbox: Arc<dyn Outbox>,
    pub passwords: Arc<dyn PasswordHasher>,
    pub factors: Arc<dyn SecondFactors>,
    pub signer: Arc<dyn Signer>,
    pub callers: Arc<dyn CallerCache>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}
