use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use reqwest::{Client, RequestBuilder, Response};
use tempfile::TempDir;
use tokio::time::sleep;

use super::{client, free_port};

/// Far more than a loaded machine needs; reached only by what never happens.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `hexado`, killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    pub(crate) port: u16,
    folder: TempDir,
    client: Client,
}

/// What a command that has ended left behind.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Server {
    /// A server that is ready for requests.
    pub(crate) async fn start(variables: &[(&str, &str)]) -> Self {
        let mut server = Self::launch(variables);
        server.wait_until_ready().await;
        server
    }

    /// A server process that has just been started.
    pub(crate) fn launch(variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let given = variables.iter().find(|(name, _)| *name == "PORT").map(|(_, port)| port.parse().unwrap());
        let port = given.unwrap_or_else(free_port);
        let file = |name| File::create(folder.path().join(name)).unwrap();
        let child = command(folder.path(), variables)
            .env("PORT", port.to_string())
            .stdout(file("stdout"))
            .stderr(file("stderr"))
            .spawn()
            .unwrap();
        Self { child, url: format!("http://127.0.0.1:{port}"), port, folder, client: client() }
    }

    pub(crate) async fn wait_until_ready(&mut self) {
        self.wait_for("/health/ready", 200).await;
    }

    /// Waits until `path` answers with `status`.
    pub(crate) async fn wait_for(&mut self, path: &str, status: u16) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.client.get(format!("{}{path}", self.url)).send().await;
            if answer.is_ok_and(|response| response.status().as_u16() == status) {
                return;
            }
            let ended = self.child.try_wait().unwrap();
            let in_time = Instant::now() < deadline;
            assert!(
                ended.is_none() && in_time,
                "{path} does not become {status} ({ended:?}):\n{}",
                self.everything_said()
            );
            sleep(Duration::from_millis(10)).await;
        }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(method.parse().unwrap(), format!("{}{path}", self.url))
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request("GET", path).send().await.unwrap()
    }

    /// Waits until the log has a line with `text`.
    pub(crate) async fn wait_for_log(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.log().contains(text) {
            assert!(Instant::now() < deadline, "`{text}` is never logged:\n{}", self.everything_said());
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// What the server has logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("stdout")).unwrap()
    }

    /// What it has written to standard error.
    pub(crate) fn errors(&self) -> String {
        fs::read_to_string(self.folder.path().join("stderr")).unwrap()
    }

    fn everything_said(&self) -> String {
        self.log() + &self.errors()
    }

    /// The folder that the server works in.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// What the process holds of the machine's memory at the moment, in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let told = Command::new("ps").args(["-o", "rss=", "-p", &self.child.id().to_string()]).output().unwrap();
        String::from_utf8(told.stdout).unwrap().trim().parse().unwrap()
    }

    /// Waits for the process to end.
    pub(crate) async fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "the server does not end:\n{}", self.everything_said());
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Stops the server in good order.
    pub(crate) async fn stop(mut self) {
        self.signal("TERM");
        let status = self.wait().await;
        assert!(status.success(), "{status}:\n{}", self.everything_said());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Runs `hexado` with these arguments to its end.
pub(crate) fn hexado(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    hexado_in(tempfile::tempdir().unwrap().path(), arguments, variables)
}

/// The same, in this folder.
pub(crate) fn hexado_in(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    command(folder, variables).args(arguments).stdin(Stdio::null()).output().unwrap().into()
}

/// The same, with something on its standard input.
pub(crate) fn hexado_fed(input: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path(), variables);
    let piped = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap().into()
}

impl From<std::process::Output> for Output {
    fn from(output: std::process::Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// `hexado` in an environment that knows nothing but `variables`, and without a rate limit.
fn command(folder: &Path, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_hexado")));
    command.current_dir(folder).env_clear().envs(inherited()).env("RATE_LIMIT_PER_MINUTE", "0");
    command.envs(variables.iter().copied());
    command
}

/// What programs need of the environment to find PostgreSQL and their caches.
#[expect(clippy::disallowed_methods, reason = "passed on to the program under test")]
fn inherited() -> impl Iterator<Item = (&'static str, std::ffi::OsString)> {
    ["PATH", "HOME", "XDG_CACHE_HOME", "LLVM_PROFILE_FILE"]
        .into_iter()
        .filter_map(|name| Some((name, std::env::var_os(name)?)))
}
