use std::time::Duration;

use async_trait::async_trait;
use hexado_domain::mail::{Mail, MailError, Mailer};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use secrecy::ExposeSecret as _;
use tokio::time::timeout;

use crate::compose::Composer;
use crate::options::Options;

/// For opening a connection to one of the server's addresses.
const CONNECT: Duration = Duration::from_secs(10);

/// What servers answer when it is the login that is wrong (RFC 4954, section 6). That is our fault and not the mail's: it
/// will be mended, and the mail goes out then.
const LOGIN_REFUSED: [u16; 4] = [530, 534, 535, 538];

/// [`Mailer`] by SMTP.
///
/// Each mail has a connection of its own: after one that was given up at its time limit, an answer may be on its way that the
/// next mail would take for its own.
pub struct SmtpMailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    composer: Composer,
    time_limit: Duration,
}

impl SmtpMailer {
    /// Connects when there is a mail to send.
    pub fn new(options: &Options, composer: Composer) -> Self {
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&options.host)
            .port(options.port)
            .tls(options.tls.clone())
            .hello_name(ClientId::Domain(composer.sender().domain().to_owned()))
            .timeout(Some(CONNECT));
        if let Some(login) = &options.login {
            let password = login.password.expose_secret().to_owned();
            transport = transport.credentials(Credentials::new(login.user.clone(), password));
        }
        Self { transport: transport.build(), composer, time_limit: options.time_limit }
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = self.composer.message(mail)?;
        match timeout(self.time_limit, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if is_permanent(&error) => Err(MailError::permanent(error)),
            Ok(Err(error)) => Err(MailError::temporary(error)),
            Err(late) => Err(MailError::temporary(late)),
        }
    }
}

/// Whether the server refused this very mail.
fn is_permanent(error: &Error) -> bool {
    error.is_permanent() && !error.status().is_some_and(|code| LOGIN_REFUSED.contains(&code.into()))
}
