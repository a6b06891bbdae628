//! The mailer against a mail server that speaks SMTP, and misbehaves on demand.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod faults;
mod login;
mod sending;
mod sink;

use std::sync::Arc;

use hexado_domain::testing::FixedClock;
use hexado_domain::testing::fixtures::noon;
use hexado_smtp::{Composer, Options, SmtpMailer};

/// A mailer to the server at that URL.
fn mailer(url: &str) -> SmtpMailer {
    adapted(url, |_| ())
}

fn adapted(url: &str, adapt: impl FnOnce(&mut Options)) -> SmtpMailer {
    let sender = "Hexado <no-reply@example.com>".parse().unwrap();
    let composer = Composer::new(sender, Arc::new(FixedClock::at(noon())));
    let mut options = Options::parse(url, true).unwrap();
    adapt(&mut options);
    SmtpMailer::new(&options, composer)
}
