//! Which users, in which order.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::id::UserId;
use crate::identity::User;
use crate::text::checked_text;

/// A part of the list of all users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserQuery {
    /// All of them must hold.
    pub conditions: Vec<UserCondition>,
    pub sort: UserSort,
    pub start: Start,
    /// Users at most.
    pub limit: usize,
    /// Whether all users that fulfil the conditions are counted.
    pub count: bool,
}

/// What users must be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserCondition {
    /// Their name or address has this text in it, in capitals or not.
    Mentions(SearchText),
    /// One of their roles has this name.
    HasRole(String),
    /// They are kept out at present, or not.
    IsBanned(bool),
    Compares(Comparison),
}

checked_text! {
    /// What is looked for: one line of 1 to 200 characters, trimmed. Every character stands for itself.
    SearchText = single_line of at most 200
}

/// A field of a user, as lists are compared and ordered by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserField {
    Id,
    Name,
    Email,
    EmailVerified,
    Image,
    Role,
    Banned,
    BanReason,
    BanExpires,
    TwoFactorEnabled,
    CreatedAt,
    UpdatedAt,
}

/// How a field is compared. Texts byte for byte; what has no value fulfils nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// One of several values.
    In,
    NotIn,
    Contains,
    StartsWith,
    EndsWith,
}

/// A field, compared with values of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    field: UserField,
    operator: Operator,
    values: Vec<FieldValue>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    Text(String),
    Flag(bool),
    Time(DateTime<Utc>),
}

impl Comparison {
    /// `None` when the field has no such values, or cannot be compared like this; then no user fulfils it.
    pub fn new<'a>(field: UserField, operator: Operator, values: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let values: Vec<_> = values.into_iter().map(|value| field.value(value)).collect::<Option<_>>()?;
        let counts = matches!(operator, Operator::In | Operator::NotIn) || values.len() == 1;
        let reads = !operator.needs_text() || matches!(values.first(), Some(FieldValue::Text(_)));
        (counts && reads).then_some(Self { field, operator, values })
    }

    pub fn field(&self) -> UserField {
        self.field
    }

    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// One, but for [`Operator::In`] and [`Operator::NotIn`], which have any number.
    pub fn values(&self) -> &[FieldValue] {
        &self.values
    }
}

impl Operator {
    fn needs_text(self) -> bool {
        matches!(self, Self::Contains | Self::StartsWith | Self::EndsWith)
    }
}

impl UserField {
    /// A text as a value of this field.
    fn value(self, text: &str) -> Option<FieldValue> {
        match self {
            Self::Id | Self::Name | Self::Email | Self::Image | Self::Role | Self::BanReason => {
                (!text.contains('\0')).then(|| FieldValue::Text(text.to_owned()))
            }
            Self::EmailVerified | Self::Banned | Self::TwoFactorEnabled => text.parse().ok().map(FieldValue::Flag),
            Self::BanExpires | Self::CreatedAt | Self::UpdatedAt => time(text).map(FieldValue::Time),
        }
    }
}

/// A time (RFC 3339), or a day of it in UTC.
fn time(text: &str) -> Option<DateTime<Utc>> {
    let day = || text.parse::<NaiveDate>().ok().map(|day| day.and_time(NaiveTime::MIN).and_utc());
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc()).or_else(day)
}

/// The order of a list; equals are ordered by id in the same direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserSort {
    pub field: UserField,
    pub descending: bool,
}

impl Default for UserSort {
    /// Newest first.
    fn default() -> Self {
        Self { field: UserField::CreatedAt, descending: true }
    }
}

/// Where in the list a part begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Start {
    #[default]
    First,
    Behind(UserCursor),
    /// After so many users. Unlike behind a user, users that come or go meanwhile are met twice or not at all.
    Skip(usize),
}

/// A place in an ordered list: right behind the user with this key and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCursor {
    pub key: CursorKey,
    pub id: UserId,
}

/// What a user is ordered by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CursorKey {
    Time(DateTime<Utc>),
    Text(String),
}

impl UserCursor {
    /// `None` for fields by which no place can be named.
    pub fn behind(user: &User, field: UserField) -> Option<Self> {
        let key = match field {
            UserField::CreatedAt => CursorKey::Time(user.created_at),
            UserField::Name => CursorKey::Text(user.name.clone()),
            UserField::Email => CursorKey::Text(user.email.clone()),
            _ => return None,
        };
        Some(Self { key, id: user.id.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::fixtures::noon;

    fn values(field: UserField, operator: Operator, values: &[&str]) -> Option<Vec<FieldValue>> {
        Comparison::new(field, operator, values.iter().copied()).map(|comparison| comparison.values)
    }

    #[test]
    fn values_are_of_the_kind_of_their_field() {
        use FieldValue::{Flag, Text, Time};
        for (field, text, expected) in [
            (UserField::Name, "true", Some(Text("true".into()))),
            (UserField::Banned, "true", Some(Flag(true))),
            (UserField::Banned, "maybe", None),
            (UserField::CreatedAt, "2026-11-21T13:00:00+01:00", Some(Time(noon()))),
            (UserField::CreatedAt, "2026-11-21", Some(Time(noon() - chrono::TimeDelta::hours(12)))),
            (UserField::CreatedAt, "yesterday", None),
            (UserField::Email, "a\0", None),
        ] {
            let found = values(field, Operator::Equal, &[text]);
            assert_eq!(found, expected.map(|value| vec![value]), "{field:?} {text:?}");
        }
    }

    #[test]
    fn only_texts_are_looked_into_and_only_lists_have_several_values() {
        assert!(values(UserField::Name, Operator::Contains, &["a"]).is_some());
        assert!(values(UserField::Banned, Operator::Contains, &["true"]).is_none());
        assert!(values(UserField::CreatedAt, Operator::StartsWith, &["2026-11-21"]).is_none());
        assert!(values(UserField::Name, Operator::Equal, &["a", "b"]).is_none());
        assert!(values(UserField::Name, Operator::Equal, &[]).is_none());
        assert!(values(UserField::Name, Operator::NotIn, &[]).is_some());
        assert!(values(UserField::Role, Operator::In, &["user", "admin"]).is_some());
    }
}
