use hexado_domain::mail::{Mail, Mailer as _};
use hexado_domain::testing::fixtures::mail;

use crate::mailer;
use crate::sink::Sink;

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let sink = Sink::new().await;
    mailer(&sink.url()).send(&mail("ann")).await.unwrap();
    let heard = sink.heard();
    let commands: Vec<_> = heard.commands.iter().map(String::as_str).collect();
    assert_eq!(
        commands,
        ["EHLO example.com", "MAIL FROM:<no-reply@example.com>", "RCPT TO:<ann@example.com>", "DATA", "QUIT"]
    );
    let message = heard.messages[0].join("\n");
    for part in ["To: ann@example.com\n", "\nContent-Type: multipart/alternative;", "\nHello ann,\n\nplain.\n"] {
        assert!(message.contains(part), "{part:?} is not in {message}");
    }
}

#[tokio::test]
async fn a_line_with_nothing_but_a_dot_does_not_end_the_mail() {
    let sink = Sink::new().await;
    mailer(&sink.url()).send(&Mail { text: "one\n.\ntwo\n".into(), ..mail("ann") }).await.unwrap();
    let message = sink.heard().messages[0].join("\n");
    assert!(message.contains("one\n..\ntwo"), "{message}");
}
