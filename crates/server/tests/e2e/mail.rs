//! Mails that wait in the queue, until they are files, or until there is a mail server.

use std::fs;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use tokio_postgres::Client;

use crate::support::{Database, Person, Server, body, free_port};

const QUEUE: &str = r#"INSERT INTO jobs (kind, payload, not_before) VALUES ('mail', '{
    "to": "ann@example.com", "subject": "Reset your password", "text": "Hello Ann,", "html": "<p>Hello Ann,</p>"
}', now())"#;

async fn until(database: &Client, condition: &str) {
    for _ in 0..6000 {
        if database.query_one(&format!("SELECT {condition}"), &[]).await.unwrap().get(0) {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("never {condition}");
}

#[tokio::test]
async fn a_mail_becomes_a_file_in_development() {
    let database = Database::migrated().await;
    let server = Server::start(&[("DATABASE_URL", database.url()), ("DATA_DIR", "data")]).await;
    let client = database.connect().await;
    client.execute(QUEUE, &[]).await.unwrap();
    until(&client, "NOT EXISTS (SELECT FROM jobs)").await;
    let files: Vec<_> = fs::read_dir(server.folder().join("data/mail")).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 1);
    let message = fs::read_to_string(files[0].path()).unwrap();
    assert!(message.contains("To: ann@example.com\r\n") && message.contains("Hello Ann,"), "{message}");
    server.stop().await;
}

#[tokio::test]
async fn a_mail_waits_for_a_mail_server_that_is_down() {
    let (database, port) = (Database::migrated().await, free_port());
    let smtp = format!("smtp://127.0.0.1:{port}?tls=none");
    let variables = [("DATABASE_URL", database.url()), ("SMTP_URL", &smtp), ("MAIL_FROM", "no-reply@example.com")];
    let server = Server::start(&variables).await;
    let ann = Person::new("ann");
    ann.sign_up(&server.url).await;
    let asked = ann.post(&server.url, "request-password-reset", json!({"email": ann.email()})).await;
    assert_eq!(body(asked, 200).await["status"], true);
    let client = database.connect().await;
    until(&client, "EXISTS (SELECT FROM jobs WHERE attempts = 1 AND last_error IS NOT NULL)").await;
    assert_eq!(server.get("/health/ready").await.status(), 200);

    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    client.execute("UPDATE jobs SET not_before = now()", &[]).await.unwrap();
    let message = receive(listener.accept().await.unwrap().0).await;
    assert!(message.contains("From: no-reply@example.com") && message.contains("To: ann@example.com"), "{message}");
    assert!(message.contains("/reset-password/"), "{message}");
    until(&client, "NOT EXISTS (SELECT FROM jobs)").await;
    server.stop().await;
}

/// Plays the mail server until it has a message; then goes on in the background.
async fn receive(stream: TcpStream) -> String {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 ready\r\n").await.unwrap();
    while let Some(command) = lines.next_line().await.unwrap() {
        let begins = command == "DATA";
        writer.write_all(if begins { b"354 go on\r\n" } else { b"250 fine\r\n" }).await.unwrap();
        if begins {
            break;
        }
    }
    let mut message = String::new();
    while let Some(line) = lines.next_line().await.unwrap().filter(|line| line != ".") {
        message.push_str(&line);
        message.push('\n');
    }
    writer.write_all(b"250 taken\r\n").await.unwrap();
    tokio::spawn(async move {
        while let Ok(Some(_)) = lines.next_line().await {
            let _ = writer.write_all(b"250 fine\r\n").await;
        }
    });
    message
}
