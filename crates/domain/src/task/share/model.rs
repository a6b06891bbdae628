use chrono::{DateTime, Utc};

use crate::error::FieldFault;
use crate::id::UserId;

/// What a share lets a user do with a task: the latter includes the former.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    View,
    Edit,
}

impl Access {
    pub const ALL: [Self; 2] = [Self::View, Self::Edit];

    pub fn parse(value: &str) -> Result<Self, FieldFault> {
        let known = Self::ALL.into_iter().find(|access| access.as_str() == value);
        known.ok_or(FieldFault::NotOneOf { expected: "view or edit" })
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Edit => "edit",
        }
    }
}

/// How far a user reaches into a task that they may see; each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    Shared(Access),
    Owned,
}

impl Reach {
    /// In the words of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shared(access) => access.as_str(),
            Self::Owned => "owner",
        }
    }
}

/// That a task is shared with a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    pub user_id: UserId,
    pub access: Access,
    pub created_at: DateTime<Utc>,
}

/// With whom a task is shared, as it was read.
///
/// It is no part of the task: sharing changes neither its version nor anything that its counters count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sharing {
    /// Grows with every grant, change of access and revocation; 0 while the task has never been shared.
    pub revision: i64,
    /// The oldest first; at most [`MAX_SHARES`](super::rules::MAX_SHARES).
    pub shares: Vec<Share>,
}

impl Sharing {
    pub fn of(&self, user_id: &UserId) -> Option<&Share> {
        self.shares.iter().find(|share| share.user_id == *user_id)
    }

    /// The users in whose change logs a change of the task stands, besides its owner.
    pub fn viewers(&self) -> impl Iterator<Item = &UserId> {
        self.shares.iter().map(|share| &share.user_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_is_one_of_two_words() {
        for access in Access::ALL {
            assert_eq!(Access::parse(access.as_str()), Ok(access));
        }
        for other in ["", "owner", "Edit", "view ", "view,edit", "*"] {
            assert!(Access::parse(other).is_err(), "{other:?}");
        }
    }

    #[test]
    fn an_owner_reaches_further_than_who_may_edit_and_they_further_than_who_may_view() {
        assert!(Reach::Shared(Access::View) < Reach::Shared(Access::Edit));
        assert!(Reach::Shared(Access::Edit) < Reach::Owned);
    }
}
