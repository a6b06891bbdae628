use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::challenge::{ChallengeId, NewChallenge, Pending};
use super::change::{Admission, Attempt, BackupCodesReplacement, Confirmation, Disabling, Enrolling, Use};
use super::device::DeviceId;
use super::factor::{BackupCodes, Sealed, Standing, TwoFactor, UnusableFactor};
use crate::audit::AuditEvent;
use crate::error::StoreError;
use crate::id::UserId;

/// Keeps second factors, the sign-ins that wait for them, and the devices that need none. All instances count together, and
/// every change is stored with its audit record.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait TwoFactorStore: Send + Sync {
    async fn find(&self, user_id: &UserId) -> Result<Option<TwoFactor>, StoreError>;

    /// What is asked of a user who gave their password on a device at `now`.
    async fn standing<'a>(
        &self,
        user_id: &UserId,
        device: Option<&'a DeviceId>,
        now: DateTime<Utc>,
    ) -> Result<Standing, StoreError>;

    /// False, and nothing happens, when the user has a confirmed one.
    async fn enrol(&self, enrolling: &Enrolling) -> Result<bool, StoreError>;

    /// False, and nothing happens, when the second factor changed since it was read, or the code was spent. Of two
    /// confirmations by one code, one succeeds.
    async fn confirm(&self, confirmation: &Confirmation) -> Result<bool, StoreError>;

    /// False, and nothing happens, when the session that asks for it has ended.
    async fn disable(&self, disabling: &Disabling) -> Result<bool, StoreError>;

    /// False when the second factor is gone.
    async fn replace_backup_codes(&self, replacement: &BackupCodesReplacement) -> Result<bool, StoreError>;

    /// Stores a sign-in that waits, and the better password hash if the one that was read is still there.
    async fn challenge(&self, challenge: &NewChallenge) -> Result<(), StoreError>;

    /// The sign-in that waits at `now` and has this name.
    async fn pending(&self, id: &ChallengeId, now: DateTime<Utc>) -> Result<Option<Pending>, StoreError>;

    /// Counts a try, for the sign-in and for the user, unless it is one too many. The try that reaches the limit of a user
    /// is granted, and locks what comes after it.
    async fn admit(&self, attempt: &Attempt) -> Result<Admission, StoreError>;

    /// Records that a code was wrong.
    async fn refuse(&self, event: &AuditEvent) -> Result<(), StoreError>;

    /// Spends a code, and opens the session that it lets into, or stores how the user of the session has proved who they are.
    /// False when the second factor changed since it was read or the code was spent, when the user is banned or gone, and when
    /// the sign-in no longer waits or the session has ended. Then no session begins; a code is spent all the same if only the
    /// last of these was the reason. Of two uses of one code, one succeeds.
    async fn use_code(&self, used: &Use) -> Result<bool, StoreError>;
}

/// Makes second factors and compares codes with them.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
pub trait SecondFactors: Send + Sync {
    /// A secret for one-time passwords.
    fn new_secret(&self) -> Result<Sealed, UnusableFactor>;

    /// What an authenticator app scans. It holds the secret.
    fn uri(&self, secret: &Sealed, issuer: &str, account: &str) -> Result<SecretString, UnusableFactor>;

    /// The step whose code this is, if it is at most one from the present one.
    fn matching_step(&self, secret: &Sealed, code: &str, now: DateTime<Utc>) -> Result<Option<i64>, UnusableFactor>;

    fn new_backup_codes(&self) -> Result<BackupCodes, UnusableFactor>;

    /// The codes that are left without this one; `None` when it is none of them.
    fn spend_backup_code(&self, codes: &Sealed, code: &str) -> Result<Option<Sealed>, UnusableFactor>;
}
