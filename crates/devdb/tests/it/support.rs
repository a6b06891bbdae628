//! What the tests share: folders, queries, and another process.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use hexado_devdb::{Cluster, Options};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

/// The major version that a cluster runs.
pub(crate) fn major(cluster: &Cluster) -> u32 {
    let line = format!("{cluster:?}");
    line.split(' ').nth(2).unwrap().parse().unwrap()
}

/// A folder that the server's user can pass, should the tests run as root.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    folder
}

/// A cluster in `folder` whose durability does not matter, which makes it faster.
pub(crate) fn disposable(folder: &TempDir) -> Options {
    Options { durable: false, ..Options::new(folder.path()) }
}

pub(crate) fn is_root() -> bool {
    std::fs::metadata(folder().path()).unwrap().uid() == 0
}

pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

pub(crate) async fn execute(url: &str, sql: &str) {
    connect(url).await.batch_execute(sql).await.unwrap();
}

/// The first column of the first row, as text.
pub(crate) async fn ask(url: &str, sql: &str) -> String {
    connect(url).await.query_one(&format!("SELECT ({sql})::text"), &[]).await.unwrap().get(0)
}

pub(crate) async fn answers(url: &str) -> bool {
    tokio_postgres::connect(url, NoTls).await.is_ok()
}

/// Another process that holds a cluster.
pub(crate) struct Holder {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Holder {
    pub(crate) fn command(data_dir: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_devdb-test-helper"));
        command.arg(data_dir);
        command
    }

    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdin, stdout }
    }

    /// The URL once the cluster is up.
    pub(crate) fn url(&mut self) -> String {
        let line = self.line();
        line.strip_prefix("ready ").unwrap_or_else(|| panic!("{line}")).to_owned()
    }

    /// The next line that it prints.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Lets it end by itself; returns what became of the server.
    pub(crate) fn let_go(mut self) -> String {
        self.stdin = None;
        let line = self.line();
        assert!(self.child.wait().unwrap().success());
        line
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
