use std::str::FromStr;
use std::sync::Arc;

use hexado_domain::clock::Clock;
use hexado_domain::mail::{Mail, MailError};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};
use thiserror::Error;
use uuid::Uuid;

/// Names messages; any fixed value does.
const MESSAGES: Uuid = Uuid::from_u128(0x0c3f_52d4_6c1e_4d0c_8b7a_91f2_6f60_0002);

/// Whom mails come from: an address, or a name and an address as in `Hexado <no-reply@example.com>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender(Mailbox);

impl Sender {
    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

impl FromStr for Sender {
    type Err = InvalidSender;

    fn from_str(text: &str) -> Result<Self, InvalidSender> {
        text.parse().map(Self).map_err(|_| InvalidSender)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("neither an address nor a name with an address behind it in angle brackets")]
pub struct InvalidSender;

/// Writes messages in the format of the internet.
#[derive(Clone)]
pub struct Composer {
    sender: Sender,
    clock: Arc<dyn Clock>,
}

impl Composer {
    pub fn new(sender: Sender, clock: Arc<dyn Clock>) -> Self {
        Self { sender, clock }
    }

    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// The message as it would go over the wire, for a file. [`MailError::Permanent`] when the mail's address is none.
    pub fn bytes(&self, mail: &Mail) -> Result<Vec<u8>, MailError> {
        Ok(self.message(mail)?.formatted())
    }

    pub(crate) fn message(&self, mail: &Mail) -> Result<Message, MailError> {
        let to: Address = mail.to.as_str().parse().map_err(MailError::permanent)?;
        let message = Message::builder()
            .from(self.sender.0.clone())
            .to(to.into())
            .subject(&*mail.subject)
            .date(self.clock.now().into())
            .message_id(Some(self.message_id(mail)))
            .raw_header(automatic())
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()));
        message.map_err(MailError::permanent)
    }

    /// The same one each time, so that receivers can tell when a mail is sent twice.
    fn message_id(&self, mail: &Mail) -> String {
        let Mail { to, subject, text, .. } = mail;
        let name = Uuid::new_v5(&MESSAGES, format!("{}\n{subject}\n{text}", to.as_str()).as_bytes());
        format!("<{name}@{}>", self.sender.domain())
    }
}

/// Asks not to be answered by programs, such as those that tell of a holiday (RFC 3834, section 5).
fn automatic() -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned())
}

#[cfg(test)]
mod tests {
    use hexado_domain::identity::Email;
    use hexado_domain::testing::FixedClock;
    use hexado_domain::testing::fixtures::{mail, noon};

    use super::*;

    fn composer(sender: &str) -> Composer {
        Composer::new(sender.parse().unwrap(), Arc::new(FixedClock::at(noon())))
    }

    fn composed(mail: &Mail) -> String {
        String::from_utf8(composer("Hexado <no-reply@example.com>").bytes(mail).unwrap()).unwrap()
    }

    fn header<'a>(message: &'a str, name: &str) -> &'a str {
        message.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap()
    }

    #[test]
    fn a_message_has_both_forms_and_the_headers_that_belong_to_it() {
        let message = composed(&mail("ann"));
        assert_eq!(header(&message, "From"), "Hexado <no-reply@example.com>");
        assert_eq!(header(&message, "To"), "ann@example.com");
        assert_eq!(header(&message, "Subject"), "=?utf-8?b?R3LDvMOfZQ==?=");
        assert_eq!(header(&message, "Date"), "Sat, 21 Nov 2026 12:00:00 +0000");
        assert_eq!(header(&message, "Auto-Submitted"), "auto-generated");
        assert!(header(&message, "Content-Type").starts_with("multipart/alternative"), "{message}");
        let plain = message.find("Hello ann,\r\n\r\nplain.\r\n").unwrap();
        let marked_up = message.find("<p>Hello ann, <b>marked up</b>.</p>").unwrap();
        assert!(plain < marked_up, "the last form is the one that is preferred (RFC 2046, section 5.1.4)");
    }

    #[test]
    fn a_mail_that_is_sent_twice_is_the_same_message() {
        let id = |mail: &Mail| header(&composed(mail), "Message-ID").to_owned();
        assert_eq!(id(&mail("ann")), id(&mail("ann")));
        assert!(id(&mail("ann")).ends_with("@example.com>"));
        assert_ne!(id(&mail("ann")), id(&Mail { text: "another link".into(), ..mail("ann") }));
        assert_ne!(id(&mail("ann")), id(&mail("bob")));
    }

    #[test]
    fn no_subject_makes_a_header() {
        let message = composed(&Mail { subject: "Hello\r\nBcc: eve@example.com".into(), ..mail("ann") });
        assert!(!message.lines().any(|line| line.starts_with("Bcc")), "{message}");
    }

    #[test]
    fn an_address_that_cannot_stand_in_a_mail_is_refused_for_ever() {
        for address in ["a,b@example.com", "<x>@example.com", "a@-"] {
            let to = Email::parse(address).unwrap();
            let refused = composer("a@example.com").bytes(&Mail { to, ..mail("ann") });
            assert!(matches!(refused, Err(MailError::Permanent(_))), "{address}");
        }
    }

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        for sender in ["no-reply@example.com", "Hexado <no-reply@localhost>", "\"Hexado, Inc.\" <a@example.com>"] {
            assert!(sender.parse::<Sender>().is_ok(), "{sender}");
        }
        for sender in ["", "Hexado", "Hexado <>", "a@b@c"] {
            assert_eq!(sender.parse::<Sender>(), Err(InvalidSender), "{sender}");
        }
    }
}
