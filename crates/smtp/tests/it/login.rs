use hexado_domain::mail::{MailError, Mailer as _};
use hexado_domain::testing::fixtures::mail;

use crate::mailer;
use crate::sink::Sink;

fn url(sink: &Sink) -> String {
    format!("smtp://ann:hush@127.0.0.1:{}?tls=none", sink.port)
}

#[tokio::test]
async fn user_and_password_are_given_before_the_mail() {
    let sink = Sink::new().await;
    mailer(&url(&sink)).send(&mail("ann")).await.unwrap();
    // NUL, `ann`, NUL, `hush` (RFC 4616).
    assert_eq!(sink.heard().commands[1], "AUTH PLAIN AGFubgBodXNo");
}

#[tokio::test]
async fn a_wrong_password_is_not_the_mails_fault_and_is_not_told() {
    let sink = Sink::answering([("AUTH", "535 5.7.8 who are you")]).await;
    let Err(MailError::Temporary(cause)) = mailer(&url(&sink)).send(&mail("ann")).await else {
        panic!("it can be sent once the password is right")
    };
    let told = format!("{cause} {cause:?}");
    assert!(told.contains("535") && !told.contains("hush") && !told.contains("AGFubgBodXNo"), "{told}");
    assert!(sink.heard().messages.is_empty());
}
