//! Mail by SMTP, and mails in the format of the internet (RFC 5322, MIME).

mod compose;
mod mailer;
mod options;

pub use compose::{Composer, InvalidSender, Sender};
pub use mailer::SmtpMailer;
pub use options::{Options, OptionsError};
