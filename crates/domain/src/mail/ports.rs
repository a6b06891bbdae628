use async_trait::async_trait;
use thiserror::Error;

use super::model::Mail;
use crate::error::Cause;

/// Hands mails over to who delivers them.
///
/// `Ok` means that the mail is theirs now. There is an answer within a minute, so that one who has fallen silent does not
/// keep other mails waiting for ever.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Mailer: Send + Sync {
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

/// Why a mail was not taken. What causes say is for logs, and never holds a password.
#[derive(Debug, Error)]
pub enum MailError {
    /// Trying again later may help. If the answer got lost, the mail may have been taken nevertheless.
    #[error("the mail could not be sent now")]
    Temporary(#[source] Cause),
    /// This mail will never be taken.
    #[error("the mail was refused")]
    Permanent(#[source] Cause),
}

impl MailError {
    pub fn temporary(cause: impl Into<Cause>) -> Self {
        Self::Temporary(cause.into())
    }

    pub fn permanent(cause: impl Into<Cause>) -> Self {
        Self::Permanent(cause.into())
    }
}
