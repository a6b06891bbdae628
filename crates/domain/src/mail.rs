//! Mail to users.
//!
//! A use case never sends: it puts a [`Mail`] into its change as a [job](crate::job), so that no request waits for a mail
//! server and no mail is lost. [`templates`] say what mails say.

mod model;
mod ports;
pub mod templates;

pub use model::Mail;
#[cfg(any(test, feature = "testing"))]
pub use ports::MockMailer;
pub use ports::{MailError, Mailer};
