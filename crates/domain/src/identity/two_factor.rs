//! The second factor: one-time passwords of an authenticator app, and backup codes that replace it once each.

mod challenge;
mod change;
mod device;
mod error;
mod factor;
mod ports;
mod service;

pub use challenge::{ChallengeId, NewChallenge, Pending, SecondFactorNeeded};
pub use change::{
    AcceptedCode, Admission, Attempt, BackupCodesReplacement, Confirmation, Disabling, Enrolling, Entry, Use,
};
pub use device::{DeviceId, DeviceRenewal, NewDevice, TrustedDevice};
pub use error::TwoFactorError;
pub use factor::{BackupCodes, Sealed, Standing, TwoFactor, UnusableFactor};
#[cfg(any(test, feature = "testing"))]
pub use ports::{MockSecondFactors, MockTwoFactorStore};
pub use ports::{SecondFactors, TwoFactorStore};
pub use service::{Passed, Prepared, Proof, TwoFactorService, Verified};

use chrono::TimeDelta;

/// How long somebody whose password was right has time for the second factor.
pub const CHALLENGE_LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// How many codes may be tried in one sign-in.
pub const ATTEMPTS_PER_CHALLENGE: i32 = 5;

/// How many wrong codes in a row lock the second factor of a user (NIST SP 800-63B, section 5.2.2), and for how long.
pub const ATTEMPTS_PER_ACCOUNT: i32 = 10;
pub const LOCKED_FOR: TimeDelta = TimeDelta::minutes(15);

/// How long a device is trusted from the last sign-in there.
pub const DEVICE_TRUSTED_FOR: TimeDelta = TimeDelta::days(30);
