//! Moments as text, where there are many of them: a page of tasks has dozens, and chrono takes 3 000 instructions for each.

use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::{Serialize, Serializer};

/// Writes what chrono writes: RFC 3339 in UTC, with no, three, six or nine digits after the second, as many as it needs.
pub(crate) fn serialize<S: Serializer>(moment: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    match Text::of(moment) {
        Some(text) => serializer.serialize_str(text.as_str()),
        None => moment.serialize(serializer),
    }
}

pub(crate) fn serialize_optional<S: Serializer>(
    moment: &Option<DateTime<Utc>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match moment {
        Some(moment) => serialize(moment, serializer),
        None => serializer.serialize_none(),
    }
}

struct Text {
    bytes: [u8; 30],
    length: usize,
}

impl Text {
    /// `None` for years without four digits, and for leap seconds.
    fn of(moment: &DateTime<Utc>) -> Option<Self> {
        let year = u32::try_from(moment.year()).ok().filter(|year| *year <= 9999)?;
        let nanoseconds = Some(moment.nanosecond()).filter(|nanoseconds| *nanoseconds < 1_000_000_000)?;
        let mut bytes = *b"0000-00-00T00:00:00.000000000Z";
        put(&mut bytes[..4], year);
        put(&mut bytes[5..7], moment.month());
        put(&mut bytes[8..10], moment.day());
        put(&mut bytes[11..13], moment.hour());
        put(&mut bytes[14..16], moment.minute());
        put(&mut bytes[17..19], moment.second());
        put(&mut bytes[20..29], nanoseconds);
        let end = match nanoseconds {
            0 => 19,
            _ if nanoseconds.is_multiple_of(1_000_000) => 23,
            _ if nanoseconds.is_multiple_of(1000) => 26,
            _ => 29,
        };
        bytes[end] = b'Z';
        Some(Self { bytes, length: end + 1 })
    }

    fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }
}

/// Writes a number, right-aligned over zeros.
fn put(digits: &mut [u8], mut number: u32) {
    for digit in digits.iter_mut().rev() {
        // The remainder is one digit.
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, to_value};

    use super::*;

    #[derive(Serialize)]
    struct Ours {
        #[serde(serialize_with = "serialize")]
        one: DateTime<Utc>,
        #[serde(serialize_with = "serialize_optional")]
        maybe: Option<DateTime<Utc>>,
    }

    #[test]
    fn moments_are_written_as_chrono_writes_them() {
        for text in [
            "2026-11-21T09:00:00Z",
            "2026-01-02T03:04:05.100Z",
            "1969-12-31T23:59:59.000001Z",
            "0000-02-29T00:00:00.123456789Z",
            "9999-12-31T23:59:59.999999999Z",
            "2016-12-31T23:59:60.500Z",
            "+12026-11-21T09:00:00Z",
            "-0001-11-21T09:00:00Z",
        ] {
            let moment: DateTime<Utc> = text.parse().unwrap();
            let ours = to_value(Ours { one: moment, maybe: Some(moment) }).unwrap();
            assert_eq!((&ours["one"], &ours["maybe"]), (&to_value(moment).unwrap(), &to_value(moment).unwrap()));
            assert_eq!(ours["one"], text);
        }
        assert_eq!(to_value(Ours { one: DateTime::UNIX_EPOCH, maybe: None }).unwrap()["maybe"], Value::Null);
    }
}
