//! What mails say: pure functions of whom it is about and of a link.
//!
//! Subjects are fixed texts, so nothing that a user chose gets into a header. In the HTML form everything is escaped. A name
//! is what someone typed who may not own the address; one that a mail program would turn into a link is left out.

use chrono::TimeDelta;

use super::model::Mail;
use crate::identity::Email;

/// To whoever asked for a new password. `good_for` is how long the link works, counted from the request.
pub fn reset_password(to: &Email, name: &str, link: &str, good_for: TimeDelta) -> Mail {
    let letter = Letter {
        subject: "Reset your password",
        reason: "Someone, hopefully you, asked to reset the password of your account.",
        action: "Choose a new password",
        otherwise: "If it was not you, ignore this mail: your password stays as it is.",
    };
    letter.write(to, name, link, good_for)
}

/// To an address that must prove to be its user's.
pub fn verify_email(to: &Email, name: &str, link: &str, good_for: TimeDelta) -> Mail {
    let letter = Letter {
        subject: "Verify your e-mail address",
        reason: "Please confirm that this is your e-mail address.",
        action: "Verify the address",
        otherwise: "If you have no account with us, ignore this mail: nothing will happen.",
    };
    letter.write(to, name, link, good_for)
}

/// To the present address of a user who wants `new` instead.
pub fn confirm_change_of_email(to: &Email, name: &str, new: &Email, link: &str, good_for: TimeDelta) -> Mail {
    let reason = format!(
        "Someone, hopefully you, asked to change the e-mail address of your account from {} to {}.",
        to.as_str(),
        new.as_str()
    );
    let letter = Letter {
        subject: "Confirm your new e-mail address",
        reason: &reason,
        action: "Approve the change",
        otherwise: "If it was not you, do not follow the link, and change your password: someone else knows it.",
    };
    letter.write(to, name, link, good_for)
}

/// To whoever asked to have their account deleted.
pub fn delete_account(to: &Email, name: &str, link: &str, good_for: TimeDelta) -> Mail {
    let letter = Letter {
        subject: "Confirm that your account shall be deleted",
        reason: "Someone, hopefully you, asked to delete your account and everything in it. This cannot be undone.",
        action: "Delete the account",
        otherwise: "If it was not you, do not follow the link, and change your password: someone else knows it.",
    };
    letter.write(to, name, link, good_for)
}

/// The parts in which mails differ.
struct Letter<'a> {
    subject: &'static str,
    reason: &'a str,
    /// What following the link does.
    action: &'static str,
    /// What to do when the mail came unasked.
    otherwise: &'static str,
}

impl Letter<'_> {
    fn write(&self, to: &Email, name: &str, link: &str, good_for: TimeDelta) -> Mail {
        let Self { subject, reason, action, otherwise } = *self;
        let greeting = greeting(name);
        let limit = format!("The link works for {}, counted from the request.", duration(good_for));
        let text = format!("{greeting}\n\n{reason}\n\n{action}:\n{link}\n\n{limit} {otherwise}\n");
        let [greeting, reason, link] = [greeting.as_str(), reason, link].map(escape);
        let html = format!(
            "<!DOCTYPE html>\n\
             <html lang=\"en\"><head><meta charset=\"utf-8\"><title>{subject}</title></head>\n\
             <body style=\"font-family: sans-serif; line-height: 1.5; max-width: 36em\">\n\
             <p>{greeting}</p>\n<p>{reason}</p>\n<p><a href=\"{link}\">{action}</a></p>\n\
             <p>{limit} {otherwise}</p>\n\
             <p>If the link cannot be clicked, copy this address into your browser:<br>{link}</p>\n\
             </body></html>\n"
        );
        Mail { to: to.clone(), subject: subject.to_owned(), text, html }
    }
}

/// Characters of a name that is called by it.
const LONGEST_NAME: usize = 60;

fn greeting(name: &str) -> String {
    let name = name.trim();
    let usable = !name.is_empty()
        && name.chars().count() <= LONGEST_NAME
        && !name.contains(char::is_control)
        && !is_like_a_link(name);
    if usable { format!("Hello {name},") } else { "Hello,".to_owned() }
}

/// Whether some mail program would make a link of `text`, or of a part of it.
fn is_like_a_link(text: &str) -> bool {
    let dotted = |(dot, _): (usize, &str)| text[dot + 1..].starts_with(char::is_alphanumeric);
    text.contains(['/', '@', ':']) || text.match_indices('.').any(dotted)
}

/// In the largest unit that fits: `90 minutes`, `1 hour`.
fn duration(time: TimeDelta) -> String {
    let units = [(time.num_days(), "day", 1440), (time.num_hours(), "hour", 60), (time.num_minutes(), "minute", 1)];
    let whole = units.into_iter().find(|(number, _, minutes)| *number > 0 && number * minutes == time.num_minutes());
    match whole {
        Some((1, unit, _)) => format!("1 {unit}"),
        Some((number, unit, _)) => format!("{number} {unit}s"),
        None => "a moment".to_owned(),
    }
}

/// `text` as it must stand in HTML, in an element or between quotes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LINK: &str = "https://app.example/reset?token=abc&next=%2F";

    fn email(text: &str) -> Email {
        Email::parse(text).unwrap()
    }

    fn all(name: &str, link: &str) -> [Mail; 4] {
        let (to, hour) = (email("ann@example.com"), TimeDelta::hours(1));
        [
            reset_password(&to, name, link, hour),
            verify_email(&to, name, link, hour),
            confirm_change_of_email(&to, name, &email("new@example.com"), link, hour),
            delete_account(&to, name, link, hour),
        ]
    }

    #[test]
    fn a_mail_says_the_same_in_plain_text_and_in_html() {
        let mail = reset_password(&email("ann@example.com"), "Ann", LINK, TimeDelta::hours(1));
        assert_eq!(mail.subject, "Reset your password");
        assert_eq!(
            mail.text,
            "Hello Ann,\n\n\
             Someone, hopefully you, asked to reset the password of your account.\n\n\
             Choose a new password:\nhttps://app.example/reset?token=abc&next=%2F\n\n\
             The link works for 1 hour, counted from the request. \
             If it was not you, ignore this mail: your password stays as it is.\n"
        );
        let link = "https://app.example/reset?token=abc&amp;next=%2F";
        assert!(mail.html.contains(&format!("<a href=\"{link}\">Choose a new password</a>")), "{}", mail.html);
        assert!(mail.html.contains("<p>Hello Ann,</p>") && mail.html.contains("works for 1 hour"), "{}", mail.html);
    }

    #[test]
    fn every_mail_has_its_link_in_both_forms() {
        for mail in all("Ann", "https://app.example/x") {
            assert!(mail.text.contains("\nhttps://app.example/x\n"), "{}", mail.text);
            assert!(mail.html.contains("href=\"https://app.example/x\""), "{}", mail.html);
        }
    }

    #[test]
    fn a_change_of_address_names_the_new_one() {
        let [_, _, change, _] = all("Ann", LINK);
        assert_eq!(change.to, email("ann@example.com"));
        for form in [&change.text, &change.html] {
            assert!(form.contains("from ann@example.com to new@example.com"), "{form}");
        }
    }

    #[test]
    fn an_address_with_markup_is_escaped() {
        let new = email("<b>\"x\"</b>@example.com");
        let mail = confirm_change_of_email(&email("ann@example.com"), "", &new, LINK, TimeDelta::hours(1));
        assert!(mail.html.contains("&lt;b&gt;&quot;x&quot;&lt;/b&gt;@example.com"), "{}", mail.html);
    }

    #[test]
    fn a_name_that_would_become_a_link_or_is_no_name_is_left_out() {
        for name in ["", " ", "win.example", "see https:x", "a@b", "www.x", "a\r\nBcc: b", &"x".repeat(61)] {
            assert_eq!(greeting(name), "Hello,", "{name:?}");
        }
        for (name, greeted) in [(" Dr. Ann ", "Hello Dr. Ann,"), ("Zoë & Co.", "Hello Zoë & Co.,")] {
            assert_eq!(greeting(name), greeted);
        }
    }

    #[test]
    fn times_are_told_in_the_largest_unit_that_fits() {
        let minutes = [(1, "1 minute"), (60, "1 hour"), (90, "90 minutes"), (120, "2 hours"), (2880, "2 days")];
        for (minutes, told) in minutes {
            assert_eq!(duration(TimeDelta::minutes(minutes)), told);
        }
        assert_eq!(duration(TimeDelta::seconds(20)), "a moment");
    }

    proptest! {
        #[test]
        fn no_name_and_no_link_changes_subject_or_markup(name in ".{0,80}", link in ".{0,80}") {
            for (mail, plain) in all(&name, &link).into_iter().zip(all("", "")) {
                prop_assert_eq!(&mail.subject, &plain.subject);
                for mark in ['<', '>', '"'] {
                    prop_assert_eq!(mail.html.matches(mark).count(), plain.html.matches(mark).count());
                }
            }
        }
    }
}
