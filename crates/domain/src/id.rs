//! Typed identifiers.

use std::fmt;
use std::sync::Arc;

/// A task's number, assigned by the store and never used twice. Always positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(i64);

impl TaskId {
    /// `None` unless `value` is positive.
    pub fn new(value: i64) -> Option<Self> {
        (value > 0).then_some(Self(value))
    }

    pub fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A user's identifier: opaque text, as Better Auth makes them. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(Arc<str>);

impl UserId {
    /// In bytes; Better Auth's own are 32, UUIDs 36, other issuers' subjects up to 255 (OpenID Connect Core, section 2).
    pub const MAX_LENGTH: usize = 255;

    /// `None` when `value` is empty, longer than [`Self::MAX_LENGTH`], or has control characters.
    pub fn parse(value: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_LENGTH).contains(&value.len());
        (fits && !value.contains(char::is_control)).then(|| Self(value.into()))
    }

    /// An identifier that a store hands back; it was parsed when it went in.
    pub fn from_stored(value: impl Into<Arc<str>>) -> Self {
        Self(value.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserId({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn task_ids_are_positive() {
        assert_eq!(TaskId::new(0), None);
        assert_eq!(TaskId::new(-1), None);
        assert_eq!(TaskId::new(7).map(TaskId::get), Some(7));
    }

    #[test]
    fn user_ids_are_opaque_but_bounded_text() {
        assert!(UserId::parse("kT3…any text").is_some());
        assert!(UserId::parse("").is_none());
        assert!(UserId::parse("a\0b").is_none());
        assert!(UserId::parse(&"x".repeat(255)).is_some());
        assert!(UserId::parse(&"x".repeat(256)).is_none());
    }
}
