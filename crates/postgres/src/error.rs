//! The one place where the driver's errors are told apart.
//!
//! Of most errors diesel keeps the server's text and drops the SQLSTATE, so the text has to tell. It is English unless the
//! server's `lc_messages` says otherwise; in another language an interruption counts as unexpected: refused all the same.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::pooled_connection::deadpool::PoolError;
use hexado_domain::error::{Cause, StoreError};

use crate::connect::in_full;

/// Why a statement failed, by what can be done about it.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A uniqueness or reference rule refused it.
    Conflict { constraint: String },
    /// The server undid it to let another transaction through.
    Contended(Cause),
    /// It waited too long for a lock, and did nothing.
    LockTimeout(Cause),
    /// Its session accepts no writes; another one may.
    ReadOnly(Cause),
    /// The connection is gone, and the answer with it.
    Disconnected(Cause),
    /// There was no answer in time; the server may still be at it.
    Unanswered(Cause),
    /// The server could not do it now.
    Unavailable(Cause),
    /// It never should have failed like this.
    Unexpected(Cause),
}

impl Failure {
    pub(crate) fn unavailable(cause: impl Into<Cause>) -> Self {
        Self::Unavailable(cause.into())
    }

    pub(crate) fn unexpected(cause: impl Into<Cause>) -> Self {
        Self::Unexpected(cause.into())
    }

    /// Of an error that is left but as text: "Failed to run … with: …".
    pub(crate) fn from_migration(error: Cause) -> Self {
        let text = error.to_string();
        let message = text.split_once(" with: ").map_or(&*text, |(_, message)| message);
        interruption(message)(error)
    }

    /// Whether the server has surely undone the statement, so that it may be tried again in another form. Of what is
    /// unexpected only a broken rule is that clear: a row that cannot be read, say, comes from a statement that was committed.
    pub(crate) fn is_refusal(&self) -> bool {
        use DatabaseErrorKind as Kind;
        match self {
            Self::Conflict { .. } | Self::Contended(_) | Self::LockTimeout(_) => true,
            Self::Unexpected(cause) => matches!(
                cause.downcast_ref(),
                Some(DieselError::DatabaseError(Kind::CheckViolation | Kind::NotNullViolation, _))
            ),
            Self::ReadOnly(_) | Self::Disconnected(_) | Self::Unanswered(_) | Self::Unavailable(_) => false,
        }
    }

    /// The same for somebody else whom it concerns, with the cause as text.
    pub(crate) fn repeated(&self) -> Self {
        match self {
            Self::Conflict { constraint } => Self::Conflict { constraint: constraint.clone() },
            Self::Contended(cause) => Self::Contended(cause.to_string().into()),
            Self::LockTimeout(cause) => Self::LockTimeout(cause.to_string().into()),
            Self::ReadOnly(cause) => Self::ReadOnly(cause.to_string().into()),
            Self::Disconnected(cause) => Self::Disconnected(cause.to_string().into()),
            Self::Unanswered(cause) => Self::Unanswered(cause.to_string().into()),
            Self::Unavailable(cause) => Self::Unavailable(cause.to_string().into()),
            Self::Unexpected(cause) => Self::Unexpected(cause.to_string().into()),
        }
    }

    /// Whether another connection may do better.
    pub(crate) fn is_of_the_connection(&self) -> bool {
        matches!(self, Self::ReadOnly(_) | Self::Disconnected(_) | Self::Unanswered(_))
    }

    /// Whether it was the rule of this name that refused.
    pub(crate) fn is_conflict_on(&self, rule: &str) -> bool {
        matches!(self, Self::Conflict { constraint } if constraint == rule)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Conflict { constraint } => Self::Conflict { constraint },
            Failure::Contended(cause)
            | Failure::LockTimeout(cause)
            | Failure::ReadOnly(cause)
            | Failure::Disconnected(cause)
            | Failure::Unanswered(cause)
            | Failure::Unavailable(cause) => Self::Unavailable(cause),
            Failure::Unexpected(cause) => Self::Unexpected(cause),
        }
    }
}

impl From<DieselError> for Failure {
    fn from(error: DieselError) -> Self {
        use DatabaseErrorKind as Kind;
        let DieselError::DatabaseError(kind, info) = &error else { return Self::unexpected(error) };
        match kind {
            Kind::UniqueViolation | Kind::ForeignKeyViolation => {
                Self::Conflict { constraint: info.constraint_name().unwrap_or_default().to_owned() }
            }
            Kind::SerializationFailure => Self::Contended(error.into()),
            Kind::ReadOnlyTransaction => Self::ReadOnly(error.into()),
            Kind::UnableToSendCommand | Kind::ClosedConnection => Self::Disconnected(error.into()),
            Kind::Unknown => interruption(info.message())(error.into()),
            _ => Self::unexpected(error),
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        Self::unavailable(in_full(&error))
    }
}

/// Makes a failure of its cause.
type FailureOf = fn(Cause) -> Failure;

/// How texts begin when it is not the statement that is at fault, the more special ones first.
const INTERRUPTIONS: [(&str, FailureOf); 15] = [
    ("canceling statement due to lock timeout", Failure::LockTimeout),
    ("canceling statement due to", Failure::Unavailable),
    ("deadlock detected", Failure::Contended),
    ("terminating connection", Failure::Disconnected),
    ("the database system is", Failure::Unavailable),
    ("sorry, too many clients already", Failure::Unavailable),
    ("remaining connection slots are reserved", Failure::Unavailable),
    ("too many connections for", Failure::Unavailable),
    ("out of memory", Failure::Unavailable),
    ("out of shared memory", Failure::Unavailable),
    ("could not extend file", Failure::Unavailable),
    ("could not write", Failure::Unavailable),
    ("could not fsync", Failure::Unavailable),
    // The driver's own.
    ("connection closed", Failure::Disconnected),
    ("error communicating with the server", Failure::Disconnected),
];

fn interruption(message: &str) -> FailureOf {
    let known = INTERRUPTIONS.into_iter().find(|(beginning, _)| message.starts_with(beginning));
    known.map_or(Failure::Unexpected, |(_, failure)| failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(message: &str) -> Failure {
        DieselError::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned())).into()
    }

    #[test]
    fn an_interruption_is_told_by_its_text() {
        assert!(matches!(unknown("canceling statement due to lock timeout"), Failure::LockTimeout(_)));
        assert!(matches!(unknown("canceling statement due to statement timeout"), Failure::Unavailable(_)));
        assert!(matches!(unknown("deadlock detected"), Failure::Contended(_)));
        assert!(matches!(unknown("terminating connection due to administrator command"), Failure::Disconnected(_)));
        assert!(matches!(unknown("the database system is shutting down"), Failure::Unavailable(_)));
        assert!(matches!(unknown("too many connections for role \"hexado\""), Failure::Unavailable(_)));
    }

    #[test]
    fn what_is_not_known_is_unexpected() {
        for message in
            ["syntax error at or near \"SELEC\"", "division by zero", "storniere Anfrage wegen Zeitüberschreitung"]
        {
            assert!(matches!(unknown(message), Failure::Unexpected(_)), "{message}");
        }
        assert!(matches!(Failure::from(DieselError::NotFound), Failure::Unexpected(_)));
    }

    #[test]
    fn only_what_was_surely_undone_may_be_tried_in_another_form() {
        let broken = |kind| Failure::from(DieselError::DatabaseError(kind, Box::new("a rule".to_owned())));
        assert!(broken(DatabaseErrorKind::CheckViolation).is_refusal());
        assert!(broken(DatabaseErrorKind::UniqueViolation).is_refusal());
        assert!(unknown("deadlock detected").is_refusal());
        assert!(!Failure::from(DieselError::DeserializationError("a row".into())).is_refusal());
        for message in ["division by zero", "terminating connection", "canceling statement due to statement timeout"] {
            assert!(!unknown(message).is_refusal(), "{message}");
        }
    }

    #[test]
    fn whatever_is_temporary_is_unavailable_to_callers() {
        let temporary: [FailureOf; 6] = [
            Failure::Contended,
            Failure::LockTimeout,
            Failure::ReadOnly,
            Failure::Disconnected,
            Failure::Unanswered,
            Failure::Unavailable,
        ];
        for failure in temporary {
            assert!(matches!(StoreError::from(failure("cause".into())), StoreError::Unavailable(_)));
        }
    }
}
