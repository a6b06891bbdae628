//! How faults are named, whatever slice they come from.

use std::error::Error;

use thiserror::Error;

/// What kind of fault an error is. Closed: the web layer maps each kind to one HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// There is no caller, or the credential is bad.
    Unauthenticated,
    /// The caller is known and may not do this.
    Forbidden,
    /// It does not exist, or the caller may not see it.
    NotFound,
    /// The request contradicts another one or the present state.
    Conflict,
    /// The version that the caller expected is not the present one.
    Stale,
    /// The request can be read, but its values break a rule.
    Invalid,
    /// Something that is needed does not answer; trying again later may help.
    Unavailable,
    /// Our own mistake.
    Internal,
}

/// An error that a caller of the API sees: its kind, and a stable `snake_case` code that clients may match on.
pub trait Fault: Error {
    fn kind(&self) -> ErrorKind;
    fn code(&self) -> &'static str;
}

/// One field of the request that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field in the API's own words.
    pub field: &'static str,
    pub fault: FieldFault,
}

impl FieldError {
    pub fn new(field: &'static str, fault: FieldFault) -> Self {
        Self { field, fault }
    }
}

/// Why a field's value is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FieldFault {
    #[error("is required")]
    Required,
    #[error("must not be blank")]
    Blank,
    #[error("must have at most {max} characters")]
    TooLong { max: usize },
    #[error("must not contain control characters")]
    ControlCharacter,
    #[error("must be {expected}")]
    NotOneOf { expected: &'static str },
    #[error("must be an RFC 3339 time between the years 1 and 9999, such as 2026-11-21T09:00:00Z")]
    NotATime,
    #[error("cannot be changed")]
    ReadOnly,
    #[error("contradicts `{other}`")]
    Contradiction { other: &'static str },
}

impl FieldFault {
    /// A stable `snake_case` code that clients may match on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Blank => "blank",
            Self::TooLong { .. } => "too_long",
            Self::ControlCharacter => "control_character",
            Self::NotOneOf { .. } => "not_one_of",
            Self::NotATime => "not_a_time",
            Self::ReadOnly => "read_only",
            Self::Contradiction { .. } => "contradiction",
        }
    }
}

/// A cause that only logs may show.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Why a store could not do what it was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A uniqueness or reference rule of the store refused the change, and nothing was written.
    #[error("the store's rule {constraint} refused the change")]
    Conflict { constraint: String },
    /// The version that the change was made from is no longer the present one, and nothing was written.
    #[error("the object was changed in the meantime")]
    Stale,
    /// An earlier request with the same idempotency key has been recorded, and nothing was written.
    #[error("a request with this idempotency key is recorded")]
    Recorded,
    /// A request with the same idempotency key is still running, and nothing was written.
    #[error("a request with this idempotency key is running")]
    InFlight,
    /// The store does not answer, or not in time. The outcome of a write is unknown.
    #[error("the store is unavailable")]
    Unavailable(#[source] Cause),
    /// The store answered what it never should.
    #[error("the store failed")]
    Unexpected(#[source] Cause),
}

impl StoreError {
    pub fn unavailable(cause: impl Into<Cause>) -> Self {
        Self::Unavailable(cause.into())
    }

    pub fn unexpected(cause: impl Into<Cause>) -> Self {
        Self::Unexpected(cause.into())
    }
}

impl Fault for StoreError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Conflict { .. } | Self::Stale | Self::Recorded | Self::InFlight => ErrorKind::Conflict,
            Self::Unavailable(_) => ErrorKind::Unavailable,
            Self::Unexpected(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Conflict { .. } => "conflict",
            Self::Stale | Self::Recorded => "contended",
            Self::InFlight => "idempotency_in_flight",
            Self::Unavailable(_) => "unavailable",
            Self::Unexpected(_) => "internal_error",
        }
    }
}
