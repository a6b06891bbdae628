use std::fmt;

use chrono::TimeDelta;
use thiserror::Error;

use crate::error::ErrorKind;

/// Why something sensitive was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StepUpError {
    #[error("{0}")]
    Required(StepUp),
    #[error("an administrator who acts as another user cannot do this")]
    Impersonated,
}

/// What somebody has to do first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepUp {
    /// How long ago they may have authenticated.
    pub max_age: TimeDelta,
    /// Whether that has to include the second factor.
    pub second_factor: bool,
    /// Whether they can only do so where their token is from.
    pub elsewhere: bool,
}

impl fmt::Display for StepUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.elsewhere { "sign in again where the token is from" } else { "authenticate again" })?;
        write!(f, ": the last time must be less than {} seconds ago", self.max_age.num_seconds())?;
        if self.second_factor { f.write_str(", with the second factor") } else { Ok(()) }
    }
}

impl StepUpError {
    pub(crate) fn kind(self) -> ErrorKind {
        match self {
            Self::Required(_) => ErrorKind::Unauthenticated,
            Self::Impersonated => ErrorKind::Forbidden,
        }
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Required(_) => "step_up_required",
            Self::Impersonated => "impersonated",
        }
    }
}
