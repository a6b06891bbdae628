use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use url::Url;

/// Stands between the server and its database, and misbehaves on demand. It ends with the test.
pub(crate) struct Proxy {
    url: String,
    line: Arc<Line>,
    accepting: JoinHandle<()>,
}

/// What becomes of connections and of the bytes on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// They go through.
    Open,
    /// They go through, each chunk after this time.
    Slow(Duration),
    /// They wait until the mode changes, as on a network or a host that hangs for a while.
    Frozen,
    /// They are taken and lost; a connection that lost some stays silent for ever. So does a packet filter that forgot
    /// its connections.
    Silent,
    /// Nobody listens, and connections break.
    Refused,
}

/// What all connections have in common.
struct Line {
    database: u16,
    mode: watch::Sender<Mode>,
    cuts: watch::Sender<()>,
}

impl Proxy {
    /// Open, in front of the database at `url`.
    pub(crate) async fn to(url: &str) -> Self {
        let mut url = Url::parse(url).unwrap();
        let database = url.port().unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let line = Arc::new(Line { database, mode: watch::Sender::new(Mode::Open), cuts: watch::Sender::new(()) });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&line)));
        Self { url: url.into(), line, accepting }
    }

    /// The URL of the database, through the proxy.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn set(&self, mode: Mode) {
        self.line.mode.send_replace(mode);
        if mode == Mode::Refused {
            self.cut();
        }
    }

    /// Breaks every connection.
    pub(crate) fn cut(&self) {
        self.line.cuts.send_replace(());
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

async fn accept(mut listener: TcpListener, line: Arc<Line>) {
    let address = listener.local_addr().unwrap();
    let mut mode = line.mode.subscribe();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => Some(accepted.unwrap()),
            _refused = mode.wait_for(|mode| *mode == Mode::Refused) => None,
        };
        if let Some((stream, _)) = accepted {
            tokio::spawn(relay(stream, Arc::clone(&line)));
        } else {
            drop(listener);
            mode.wait_for(|mode| *mode != Mode::Refused).await.unwrap();
            listener = TcpListener::bind(address).await.unwrap();
        }
    }
}

/// Ends, and both connections with it, when either is closed or the line is cut.
async fn relay(server: TcpStream, line: Arc<Line>) {
    let mut cuts = line.cuts.subscribe();
    let lost = AtomicBool::new(false);
    let relaying = async {
        let database = TcpStream::connect((Ipv4Addr::LOCALHOST, line.database)).await?;
        server.set_nodelay(true)?;
        database.set_nodelay(true)?;
        let (server, database) = (server.into_split(), database.into_split());
        tokio::select! {
            ended = pump(server.0, database.1, &line, &lost) => ended,
            ended = pump(database.0, server.1, &line, &lost) => ended,
        }
    };
    tokio::select! {
        // A connection that breaks is what tests are about.
        _ = relaying => {}
        _ = cuts.changed() => {}
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, line: &Line, lost: &AtomicBool) -> io::Result<()> {
    let mut mode = line.mode.subscribe();
    let mut buffer = [0; 16 * 1024];
    loop {
        let count = from.read(&mut buffer).await?;
        let now = *mode.borrow();
        match now {
            Mode::Open | Mode::Refused => {}
            Mode::Slow(time) => sleep(time).await,
            Mode::Frozen => drop(mode.wait_for(|mode| *mode != Mode::Frozen).await),
            Mode::Silent => lost.store(true, Ordering::Relaxed),
        }
        match (lost.load(Ordering::Relaxed), count) {
            (true, 0) => std::future::pending().await,
            (true, _) => {}
            (false, 0) => return Ok(()),
            (false, count) => to.write_all(&buffer[..count]).await?,
        }
    }
}
