use std::path::{Path, PathBuf};

use hexado_smtp::{Options, Sender};

use super::environment::Environment;
use super::reader::Reader;

/// What becomes of mails to users.
#[derive(Debug)]
pub(crate) enum Mail {
    Smtp {
        server: Box<Options>,
        sender: Sender,
    },
    /// They are written to files in this folder.
    Files {
        folder: PathBuf,
        sender: Sender,
    },
    /// There are none, and nothing that needs them.
    Off,
}

const EXAMPLE: &str = "smtp://user:password@mail.example.com:587";
const SENDER: &str = "an address, or a name and an address such as Hexado <no-reply@example.com>";

impl Mail {
    pub(super) fn read(reader: &mut Reader<'_>, environment: Environment, data_dir: &Path) -> Self {
        let sender = reader.parsed("MAIL_FROM", SENDER, |text| text.parse().ok());
        match (smtp_server(reader, environment), sender) {
            (Some(server), Some(sender)) => Self::Smtp { server: Box::new(server), sender },
            (Some(_), None) => {
                require_sender(reader);
                Self::Off
            }
            (None, sender) if environment.is_development() => {
                Self::Files { folder: data_dir.join("mail"), sender: sender.unwrap_or_else(nobody) }
            }
            (None, _) => Self::Off,
        }
    }
}

fn smtp_server(reader: &mut Reader<'_>, environment: Environment) -> Option<Options> {
    match Options::parse(reader.text("SMTP_URL")?, !environment.is_development()) {
        Ok(options) => {
            if options.shows_password() {
                reader.warn("SMTP_URL sends its password in plain text: prefer tls=required");
            }
            Some(options)
        }
        Err(error) => {
            reader.fault("SMTP_URL", format!("cannot be used: {error}"), format!("write it as {EXAMPLE}"));
            None
        }
    }
}

fn require_sender(reader: &mut Reader<'_>) {
    if reader.text("MAIL_FROM").is_none() {
        reader.fault("MAIL_FROM", "is missing, and SMTP_URL needs it", format!("set it to {SENDER}"));
    }
}

/// Whom mails come from that nobody gets.
fn nobody() -> Sender {
    let sender = "Hexado <no-reply@localhost>".parse();
    sender.unwrap_or_else(|error| unreachable!("localhost can stand in an address: {error}"))
}
