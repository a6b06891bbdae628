//! Moments as text, where there are many of them: a page of tasks has dozens, and chrono takes 3 000 instructions for each.

use chrono::{DateTime, Datelike, Timelike, Utc};

/// Writes what chrono writes as JSON: RFC 3339 in UTC, with no, three, six or nine digits after the second, as many as it
/// needs.
pub(crate) fn write(out: &mut Vec<u8>, moment: &DateTime<Utc>) {
    let Some(text) = Text::of(moment) else {
        // Into memory, this never fails.
        let _ = serde_json::to_writer(out, moment);
        return;
    };
    out.push(b'"');
    out.extend_from_slice(&text.bytes[..text.length]);
    out.push(b'"');
}

struct Text {
    bytes: [u8; 30],
    length: usize,
}

impl Text {
    /// `None` for years without four digits, and for leap seconds.
    fn of(moment: &DateTime<Utc>) -> Option<Self> {
        // Asked for a field, a DateTime first adds its offset, each time.
        let moment = moment.naive_utc();
        let year = u32::try_from(moment.year()).ok().filter(|year| *year <= 9999)?;
        let nanoseconds = Some(moment.nanosecond()).filter(|nanoseconds| *nanoseconds < 1_000_000_000)?;
        let mut bytes = *b"0000-00-00T00:00:00.000000000Z";
        put(&mut bytes[..4], year);
        put(&mut bytes[5..7], moment.month());
        put(&mut bytes[8..10], moment.day());
        put(&mut bytes[11..13], moment.hour());
        put(&mut bytes[14..16], moment.minute());
        put(&mut bytes[17..19], moment.second());
        let (end, fraction) = match nanoseconds {
            0 => (19, 0),
            _ if nanoseconds.is_multiple_of(1_000_000) => (23, nanoseconds / 1_000_000),
            _ if nanoseconds.is_multiple_of(1000) => (26, nanoseconds / 1000),
            _ => (29, nanoseconds),
        };
        put(bytes.get_mut(20..end).unwrap_or_default(), fraction);
        bytes[end] = b'Z';
        Some(Self { bytes, length: end + 1 })
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
    use super::*;

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
            let mut written = Vec::new();
            write(&mut written, &text.parse().unwrap());
            assert_eq!(String::from_utf8(written).unwrap(), format!("\"{text}\""));
        }
    }
}
