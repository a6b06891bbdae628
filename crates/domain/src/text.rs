//! What every text that a user gives must satisfy.
//!
//! Text is stored verbatim and escaped by whoever renders it. Refused are only characters that no one means to send:
//! NUL (Postgres cannot store it) and the C0 and C1 control characters.

use crate::error::FieldFault;

/// Characters that may stand in a multi-line text although they are control characters.
const LINE_CONTROLS: [char; 3] = ['\n', '\r', '\t'];

/// `text` trimmed, when it is one line of 1 to `max` characters (Unicode scalar values).
pub fn single_line(text: &str, max: usize) -> Result<&str, FieldFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldFault::Blank);
    }
    if text.contains(char::is_control) {
        return Err(FieldFault::ControlCharacter);
    }
    at_most(text, max)
}

/// `text` as it is, when it has at most `max` characters and no control characters but LF, CR and TAB.
pub fn multi_line(text: &str, max: usize) -> Result<&str, FieldFault> {
    let refused = |c: char| c.is_control() && !LINE_CONTROLS.contains(&c);
    if text.contains(refused) {
        return Err(FieldFault::ControlCharacter);
    }
    at_most(text, max)
}

fn at_most(text: &str, max: usize) -> Result<&str, FieldFault> {
    // No text has more characters than bytes, so most texts need not be counted.
    if text.len() > max && text.chars().count() > max {
        return Err(FieldFault::TooLong { max });
    }
    Ok(text)
}

/// Declares a text that cannot be wrong once it exists.
macro_rules! checked_text {
    ($(#[$meta:meta])* $name:ident = $rule:ident of at most $max:literal) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// In characters (Unicode scalar values).
            pub const MAX_LENGTH: usize = $max;

            pub fn parse(text: &str) -> Result<Self, $crate::error::FieldFault> {
                $crate::text::$rule(text, Self::MAX_LENGTH).map(|text| Self(text.to_owned()))
            }

            /// What a store hands back; it was parsed when it went in.
            pub fn from_stored(text: String) -> Self {
                Self(text)
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

pub(crate) use checked_text;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_line_is_trimmed_and_counted_in_characters() {
        assert_eq!(single_line("  milk \u{3000}", 10), Ok("milk"));
        assert_eq!(single_line(&"🦀".repeat(200), 200).map(str::len), Ok(800));
        assert_eq!(single_line(&"a".repeat(201), 200), Err(FieldFault::TooLong { max: 200 }));
    }

    #[test]
    fn blank_lines_are_refused() {
        for blank in ["", " ", "\t\n", "\u{a0}"] {
            assert_eq!(single_line(blank, 10), Err(FieldFault::Blank), "{blank:?}");
        }
    }

    #[test]
    fn control_characters_are_refused() {
        for text in ["a\0b", "a\u{1b}b", "a\u{85}b", "a\u{9f}b", "a\nb", "a\u{7f}b"] {
            assert_eq!(single_line(text, 10), Err(FieldFault::ControlCharacter), "{text:?}");
        }
    }

    #[test]
    fn line_feeds_and_tabs_may_stand_in_a_multi_line_text_which_is_kept_verbatim() {
        assert_eq!(multi_line(" a\r\n\tb ", 10), Ok(" a\r\n\tb "));
        assert_eq!(multi_line("", 10), Ok(""));
        assert_eq!(multi_line("a\0", 10), Err(FieldFault::ControlCharacter));
        assert_eq!(multi_line("a\u{9b}", 10), Err(FieldFault::ControlCharacter));
    }
}
