//! A mail server that keeps what it gets.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub(crate) struct Sink {
    pub(crate) port: u16,
    heard: Arc<Mutex<Heard>>,
}

/// Everything that clients said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    pub(crate) commands: Vec<String>,
    /// Messages, each as lines.
    pub(crate) messages: Vec<Vec<String>>,
}

/// What is answered to commands that begin so, in place of the usual. An empty answer is none: the server hangs.
type Answers = BTreeMap<&'static str, &'static str>;

impl Sink {
    pub(crate) async fn new() -> Self {
        Self::answering([]).await
    }

    pub(crate) async fn answering<const N: usize>(answers: [(&'static str, &'static str); N]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let (answers, keeper) = (Arc::new(Answers::from(answers)), Arc::clone(&heard));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&answers), Arc::clone(&keeper)));
            }
        });
        Self { port, heard }
    }

    /// Without TLS.
    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}?tls=none", self.port)
    }

    pub(crate) fn heard(&self) -> Heard {
        self.heard.lock().unwrap().clone()
    }
}

/// An error means that the client has gone.
async fn serve(stream: TcpStream, answers: Arc<Answers>, heard: Arc<Mutex<Heard>>) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let greeting = answers.get("").copied().unwrap_or("220 sink");
    say(&mut writer, greeting).await?;
    while let Some(command) = lines.next_line().await? {
        heard.lock().unwrap().commands.push(command.clone());
        let answer = answers.iter().find(|(begin, _)| !begin.is_empty() && command.starts_with(**begin));
        let answer = answer.map_or_else(|| usual(&command), |(_, answer)| *answer);
        say(&mut writer, answer).await?;
        if answer.starts_with("354") {
            let mut message = Vec::new();
            while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                message.push(line);
            }
            heard.lock().unwrap().messages.push(message);
            say(&mut writer, answers.get(".").copied().unwrap_or("250 taken")).await?;
        }
    }
    Ok(())
}

async fn say(writer: &mut (impl AsyncWrite + Unpin), answer: &str) -> std::io::Result<()> {
    if answer.is_empty() {
        std::future::pending::<()>().await;
    }
    writer.write_all(format!("{answer}\r\n").as_bytes()).await
}

fn usual(command: &str) -> &'static str {
    match command.get(..4).unwrap_or_default() {
        "EHLO" => "250-sink\r\n250-8BITMIME\r\n250 AUTH PLAIN",
        "DATA" => "354 go on",
        "QUIT" => "221 bye",
        "AUTH" => "235 welcome",
        _ => "250 fine",
    }
}
