use chrono::TimeDelta;

use crate::idempotency;

/// One kind of what is left over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Leftovers {
    /// Since they expired.
    Sessions,
    /// Since they expired.
    Verifications,
    /// Since the request was recorded.
    IdempotencyKeys,
    /// Entries of the change log, since they were made. Who follows a log and was away for longer begins anew with the list:
    /// numbers are missing, which it can tell.
    Changes,
    /// News of changed users, since they came.
    AuthChanges,
    /// Jobs that were given up, since that.
    BuriedJobs,
    /// Counters of categories that no task has any more. They have no age.
    EmptyCategories,
}

impl Leftovers {
    pub const ALL: [Self; 7] = [
        Self::Sessions,
        Self::Verifications,
        Self::IdempotencyKeys,
        Self::Changes,
        Self::AuthChanges,
        Self::BuriedJobs,
        Self::EmptyCategories,
    ];

    /// For how long they are kept.
    pub fn kept(self) -> TimeDelta {
        match self {
            Self::Sessions | Self::Verifications | Self::EmptyCategories => TimeDelta::zero(),
            Self::IdempotencyKeys => idempotency::RETENTION,
            Self::AuthChanges => TimeDelta::hours(1),
            Self::Changes | Self::BuriedJobs => TimeDelta::days(30),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Verifications => "verifications",
            Self::IdempotencyKeys => "idempotency keys",
            Self::Changes => "changes",
            Self::AuthChanges => "auth changes",
            Self::BuriedJobs => "buried jobs",
            Self::EmptyCategories => "empty categories",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::REMEMBERED;

    #[test]
    fn news_of_changed_users_are_kept_longer_than_anyone_asks_for_them() {
        assert!(Leftovers::AuthChanges.kept() > REMEMBERED);
    }
}
