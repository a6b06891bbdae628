//! Requests that may be sent twice and happen once.
//!
//! A client that got no answer sends its request again with the same `Idempotency-Key`. Key, caller and a fingerprint
//! of the request are stored by the statement that writes, together with the outcome; a later request with that key gets
//! the stored outcome if its fingerprint is the same, and is refused if not. Refusals are not stored.

use chrono::TimeDelta;
use thiserror::Error;

use crate::error::{ErrorKind, Fault};
use crate::id::UserId;

/// How long an outcome can be asked for again.
pub const RETENTION: TimeDelta = TimeDelta::hours(24);

/// A client's name for one intended change: 1 to 255 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    pub const MAX_LENGTH: usize = 255;

    /// `None` unless `value` has 1 to 255 characters, all visible ASCII.
    pub fn parse(value: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_LENGTH).contains(&value.len());
        (fits && value.bytes().all(|b| b.is_ascii_graphic())).then(|| Self(value.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// SHA-256 over the method, the path without its base, and the body of a request.
pub type Fingerprint = [u8; 32];

/// One of possibly several sendings of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub caller: UserId,
    pub key: IdempotencyKey,
    pub fingerprint: Fingerprint,
}

/// What the first sending of a request led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded<T> {
    pub fingerprint: Fingerprint,
    pub outcome: T,
}

impl<T> Recorded<T> {
    /// The outcome, if `attempt` is the same request sent again.
    pub fn replay(self, attempt: &Attempt) -> Result<T, KeyReused> {
        if self.fingerprint == attempt.fingerprint { Ok(self.outcome) } else { Err(KeyReused) }
    }
}

/// The outcome of a write, and whether this request made it or an earlier one with the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written<T> {
    pub outcome: T,
    pub replayed: bool,
}

impl<T> Written<T> {
    pub fn now(outcome: T) -> Self {
        Self { outcome, replayed: false }
    }

    pub fn earlier(outcome: T) -> Self {
        Self { outcome, replayed: true }
    }
}

/// The key was used for another request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("this Idempotency-Key was used for another request")]
pub struct KeyReused;

impl Fault for KeyReused {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }

    fn code(&self) -> &'static str {
        "idempotency_key_reused"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_short_visible_ascii() {
        assert!(IdempotencyKey::parse("8e03978e-40d5-43dd-bc93-6894a57f9324").is_some());
        for refused in ["", "a b", "ä", "a\n", &"k".repeat(256)] {
            assert!(IdempotencyKey::parse(refused).is_none(), "{refused:?}");
        }
    }

    #[test]
    fn only_the_same_request_is_answered_again() {
        let attempt =
            |fingerprint| Attempt { caller: UserId::from_stored("u"), key: IdempotencyKey("k".into()), fingerprint };
        let recorded = Recorded { fingerprint: [1; 32], outcome: "done" };
        assert_eq!(recorded.clone().replay(&attempt([1; 32])), Ok("done"));
        assert_eq!(recorded.replay(&attempt([2; 32])), Err(KeyReused));
    }
}
