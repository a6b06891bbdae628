//! Values that cannot be wrong once they exist.

use chrono::{DateTime, Datelike, SubsecRound, Utc};

use crate::error::FieldFault;
use crate::text::checked_text;

checked_text! {
    /// 1 to 200 characters on one line, trimmed.
    Title = single_line of at most 200
}

impl Title {
    /// What titles are ordered by, byte for byte: the same on every host, whatever its locale.
    pub fn sort_key(&self) -> String {
        self.0.to_lowercase()
    }
}

checked_text! {
    /// At most 10 000 characters, verbatim; line feeds and tabs may stand in it.
    Description = multi_line of at most 10_000
}

checked_text! {
    /// 1 to 100 characters on one line, trimmed.
    Category = single_line of at most 100
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    Low = 1,
    Medium = 2,
    High = 3,
}

impl Priority {
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| i64::from(priority.number()) == number)
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.name() == name)
    }

    pub fn number(self) -> i16 {
        self as i16
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A moment between the years 1 and 9999 (all that RFC 3339 can write), in whole microseconds (all that Postgres can store).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DueAt(DateTime<Utc>);

impl DueAt {
    pub fn parse(value: &str) -> Result<Self, FieldFault> {
        let time = DateTime::parse_from_rfc3339(value).map_err(|_| FieldFault::NotATime)?.to_utc();
        if !(1..=9999).contains(&time.year()) {
            return Err(FieldFault::NotATime);
        }
        Ok(Self(time.trunc_subsecs(6)))
    }

    /// A time that a store hands back; it was parsed when it went in.
    pub fn from_stored(value: DateTime<Utc>) -> Self {
        Self(value)
    }

    pub fn get(self) -> DateTime<Utc> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_have_1_to_200_characters_after_trimming() {
        assert_eq!(Title::parse(" Buy milk ").map(|t| t.0), Ok("Buy milk".into()));
        assert!(Title::parse(&"🦀".repeat(200)).is_ok());
        assert_eq!(Title::parse(&"a".repeat(201)), Err(FieldFault::TooLong { max: 200 }));
        assert_eq!(Title::parse("   "), Err(FieldFault::Blank));
        assert_eq!(Title::parse("a\0"), Err(FieldFault::ControlCharacter));
    }

    #[test]
    fn titles_are_ordered_without_regard_to_case() {
        let key = |title| Title::parse(title).unwrap().sort_key();
        assert_eq!(key("ÄPFEL"), key("äpfel"));
    }

    #[test]
    fn descriptions_are_kept_verbatim() {
        let text = " first\n\tsecond <script> ";
        assert_eq!(Description::parse(text).unwrap().as_str(), text);
        assert_eq!(Description::parse(&"d".repeat(10_001)), Err(FieldFault::TooLong { max: 10_000 }));
    }

    #[test]
    fn priorities_have_numbers_and_names() {
        for priority in Priority::ALL {
            assert_eq!(Priority::from_number(priority.number().into()), Some(priority));
            assert_eq!(Priority::from_name(priority.name()), Some(priority));
        }
        assert_eq!(Priority::from_number(0), None);
        assert_eq!(Priority::from_number(4), None);
        assert_eq!(Priority::from_name("urgent"), None);
    }

    #[test]
    fn due_times_are_rfc_3339_in_any_offset() {
        let due = DueAt::parse("2026-11-21T10:00:00.1234567+01:00").unwrap();
        assert_eq!(due.get().to_rfc3339(), "2026-11-21T09:00:00.123456+00:00");
        for refused in ["", "tomorrow", "2026-11-21", "2026-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "1763715600"] {
            assert_eq!(DueAt::parse(refused), Err(FieldFault::NotATime), "{refused:?}");
        }
    }
}
