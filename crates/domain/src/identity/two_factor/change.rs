//! What the two-factor service changes: plain values, each stored as a whole or not at all.

use chrono::{DateTime, Utc};

use super::challenge::ChallengeId;
use super::device::NewDevice;
use super::factor::{Sealed, TwoFactor};
use crate::audit::AuditEvent;
use crate::id::UserId;
use crate::identity::session::{Session, SessionId};

/// A second factor is prepared. Nothing asks for it until it is confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolling {
    /// Of the record, unless the user has one that is not confirmed: that is prepared anew.
    pub id: String,
    pub user_id: UserId,
    pub secret: Sealed,
    pub backup_codes: Sealed,
    pub event: AuditEvent,
}

/// A prepared second factor is asked for from now on. Devices that were trusted before are not any more, and another session
/// takes the place of the one that it was prepared in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// As it was read.
    pub two_factor: TwoFactor,
    /// Of the code that confirms it, which is spent.
    pub step: i64,
    pub ends: SessionId,
    pub begins: Session,
    pub event: AuditEvent,
}

/// A second factor goes, with all trusted devices, and another session takes the place of the one that asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disabling {
    pub ends: SessionId,
    pub begins: Session,
    pub event: AuditEvent,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupCodesReplacement {
    /// Of the second factor.
    pub id: String,
    pub backup_codes: Sealed,
    pub event: AuditEvent,
}

/// A code is tried. It is counted before it is compared, so that many tries at once are as good as one after another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Of the second factor.
    pub id: String,
    /// The sign-in that waits for it; `None` for somebody who is signed in.
    pub challenge: Option<ChallengeId>,
    /// Until when the second factor is locked, if this is one try too many.
    pub locked_until: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

/// Whether a code may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    Granted,
    /// Too many were tried in this sign-in, which is over.
    ChallengeSpent,
    /// Too many were tried for this user.
    Locked,
}

/// A code that was right is spent, and the count of tries begins anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// As it was read.
    pub two_factor: TwoFactor,
    pub code: AcceptedCode,
    /// The sign-in that it finishes, if it does.
    pub entry: Option<Entry>,
    /// The session in which it is given, as it is from now on.
    pub session: Option<Session>,
    /// Of signing in, if it does.
    pub event: AuditEvent,
    pub at: DateTime<Utc>,
}

/// A code that was right. If what it was compared with has changed since, it is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AcceptedCode {
    /// Of this step.
    Totp(i64),
    /// These backup codes are left.
    Backup(Sealed),
}

/// A sign-in that the second factor finishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// It is spent.
    pub challenge: ChallengeId,
    pub session: Session,
    pub device: Option<NewDevice>,
    /// A ban that has expired is taken off.
    pub lift_ban: bool,
}
