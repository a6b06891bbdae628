use std::time::Duration;

use hexado_domain::mail::{MailError, Mailer as _};
use hexado_domain::testing::fixtures::mail;
use hexado_smtp::SmtpMailer;
use tokio::net::TcpListener;

use crate::sink::Sink;
use crate::{adapted, mailer};

/// A mailer that waits for as long as a loaded machine may take.
fn impatient(url: &str) -> SmtpMailer {
    adapted(url, |options| options.time_limit = Duration::from_secs(2))
}

async fn sent(sink: &Sink) -> Result<(), MailError> {
    mailer(&sink.url()).send(&mail("ann")).await
}

#[tokio::test]
async fn what_the_server_cannot_do_now_is_tried_again() {
    for (command, answer) in [
        ("", "421 too busy"),
        ("MAIL", "451 try again later"),
        ("RCPT", "450 greylisted"),
        ("DATA", "452 no room"),
        (".", "451 a virus scanner is down"),
    ] {
        let sink = Sink::answering([(command, answer)]).await;
        assert!(matches!(sent(&sink).await, Err(MailError::Temporary(_))), "{command} {answer}");
    }
}

#[tokio::test]
async fn what_the_server_will_never_do_is_not() {
    for (command, answer) in
        [("MAIL", "553 not from you"), ("RCPT", "550 no such user"), (".", "554 this looks like spam")]
    {
        let sink = Sink::answering([(command, answer)]).await;
        let Err(MailError::Permanent(cause)) = sent(&sink).await else { panic!("{command} {answer}") };
        assert!(cause.to_string().contains(&answer[..3]), "{cause}");
    }
}

#[tokio::test]
async fn a_mail_that_was_refused_or_given_up_does_not_spoil_the_next_one() {
    for answer in ["550 no such user", ""] {
        let sink = Sink::answering([("RCPT TO:<ann", answer)]).await;
        let mailer = impatient(&sink.url());
        assert!(mailer.send(&mail("ann")).await.is_err());
        mailer.send(&mail("bob")).await.unwrap();
        assert_eq!(sink.heard().messages.len(), 1);
    }
}

#[tokio::test]
async fn a_server_that_is_down_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let sent = mailer(&format!("smtp://127.0.0.1:{port}?tls=none")).send(&mail("ann")).await;
    assert!(matches!(sent, Err(MailError::Temporary(_))));
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_for_now() {
    for command in ["", "MAIL", "."] {
        let sink = Sink::answering([(command, "")]).await;
        let sent = impatient(&sink.url()).send(&mail("ann")).await;
        assert!(matches!(sent, Err(MailError::Temporary(_))), "{command}");
    }
}

#[tokio::test]
async fn without_tls_nothing_is_said_to_a_server_that_must_have_it() {
    let sink = Sink::new().await;
    let url = format!("smtp://ann:hush@127.0.0.1:{}", sink.port);
    assert!(matches!(mailer(&url).send(&mail("ann")).await, Err(MailError::Temporary(_))));
    let commands = sink.heard().commands;
    assert!(commands.iter().all(|command| command.starts_with("EHLO") || command == "QUIT"), "{commands:?}");
}
