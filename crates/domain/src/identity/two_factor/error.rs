use thiserror::Error;

use crate::error::ErrorKind;

/// Why something about a second factor was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TwoFactorError {
    #[error("the user has no second factor")]
    NotEnabled,
    #[error("the user has no authenticator app")]
    TotpNotEnabled,
    #[error("the user has an authenticator app already")]
    TotpAlreadyEnabled,
    #[error("the user has no backup codes")]
    BackupCodesNotEnabled,
    /// Wrong, or spent.
    #[error("the code is wrong")]
    WrongCode,
    /// Wrong, or spent.
    #[error("the backup code is wrong")]
    WrongBackupCode,
    #[error("a code of the second factor is needed")]
    CodeMissing,
    /// Unknown, over, or another's.
    #[error("no sign-in waits for a second factor")]
    NoChallenge,
    #[error("too many codes were tried: sign in again")]
    TooManyAttempts,
    #[error("too many wrong codes came: the second factor is locked for a while")]
    Locked,
}

impl TwoFactorError {
    pub(crate) fn kind(self) -> ErrorKind {
        match self {
            Self::NotEnabled | Self::TotpNotEnabled | Self::BackupCodesNotEnabled | Self::TotpAlreadyEnabled => {
                ErrorKind::Conflict
            }
            Self::CodeMissing => ErrorKind::Invalid,
            Self::WrongCode | Self::WrongBackupCode | Self::NoChallenge => ErrorKind::Unauthenticated,
            Self::TooManyAttempts | Self::Locked => ErrorKind::Forbidden,
        }
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::NotEnabled => "two_factor_not_enabled",
            Self::TotpNotEnabled => "totp_not_enabled",
            Self::TotpAlreadyEnabled => "totp_already_enabled",
            Self::BackupCodesNotEnabled => "backup_codes_not_enabled",
            Self::CodeMissing => "code_missing",
            Self::WrongCode => "wrong_code",
            Self::WrongBackupCode => "wrong_backup_code",
            Self::NoChallenge => "two_factor_challenge_invalid",
            Self::TooManyAttempts => "two_factor_attempts_exhausted",
            Self::Locked => "two_factor_locked",
        }
    }
}
