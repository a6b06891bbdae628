use std::fs::{self, File};
use std::process::Child;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tokio::time::sleep;

use super::package::Package;
use crate::support::{SECRET, free_port};

/// Far more than a loaded machine needs; reached only by what never happens.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running Better Auth server, killed when dropped.
pub(crate) struct Reference {
    child: Child,
    folder: TempDir,
    pub(crate) url: String,
    /// What it made on its database: `{"created": [{"table", "columns"}], "altered": …}`.
    pub(crate) tables: Value,
}

impl Reference {
    /// A server on this database, with the secret of all tests, that sends its mails to `mail` on the loopback.
    pub(crate) async fn start(package: &Package, database: &str, mail: u16) -> Self {
        Self::start_with(package, database, mail, &[]).await
    }

    /// The same, with more variables for its script.
    pub(crate) async fn start_with(package: &Package, database: &str, mail: u16, more: &[(&str, &str)]) -> Self {
        let port = free_port();
        let folder = tempfile::tempdir().unwrap();
        let file = |name| File::create(folder.path().join(name)).unwrap();
        let child = package
            .node("reference.mjs")
            .env("DATABASE_URL", database)
            .env("PORT", port.to_string())
            .env("SMTP_URL", format!("smtp://127.0.0.1:{mail}"))
            .env("BETTER_AUTH_SECRET", SECRET)
            .envs(more.iter().copied())
            .stdout(file("stdout"))
            .stderr(file("stderr"))
            .spawn()
            .unwrap();
        let url = format!("http://localhost:{port}");
        let mut reference = Self { child, folder, url, tables: Value::Null };
        reference.tables = reference.wait_until_ready().await;
        reference
    }

    /// Waits for the one line that it writes when it listens.
    async fn wait_until_ready(&mut self) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let said = self.read("stdout");
            if let Some((line, _)) = said.split_once('\n') {
                return serde_json::from_str(line).unwrap();
            }
            let waits = self.child.try_wait().unwrap().is_none() && Instant::now() < deadline;
            assert!(waits, "the reference does not start:\n{said}{}", self.read("stderr"));
            sleep(Duration::from_millis(10)).await;
        }
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.path().join(file)).unwrap()
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        // It holds nothing that a kill would harm.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
