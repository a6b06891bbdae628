use std::fs::File;
use std::path::PathBuf;

use super::Error;
use super::cluster::test_folder;
use crate::{Cluster, Options, account, cluster, lock};

/// A durable cluster for one test that stops or kills its server and starts it again, always at the same URL.
///
/// Its functions block.
#[derive(Debug)]
pub struct PrivateCluster {
    url: String,
    options: Options,
    /// `None` while the server is down.
    running: Option<Cluster>,
    /// Keeps other tests off this folder.
    _slot: File,
}

impl PrivateCluster {
    /// A new cluster, running.
    ///
    /// # Errors
    ///
    /// As [`Cluster::start`].
    pub fn start() -> Result<Self, Error> {
        let (folder, slot) = free_slot()?;
        let mut options = Options::new(folder);
        // What a test that was killed has left there.
        cluster::erase(&options)?;
        let running = Cluster::start(&options)?;
        options.port = Some(running.port());
        Ok(Self { url: running.url().to_owned(), options, running: Some(running), _slot: slot })
    }

    /// The URL of the database `postgres`, for the superuser; the same after a restart.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops the server in good order, if it is running.
    ///
    /// # Errors
    ///
    /// As [`Cluster::stop`].
    pub fn stop(&mut self) -> Result<(), Error> {
        if let Some(running) = self.running.take() {
            running.stop()?;
        }
        Ok(())
    }

    /// Kills the server, if it is running, as a crash would.
    ///
    /// # Errors
    ///
    /// As [`Cluster::crash`].
    pub fn crash(&mut self) -> Result<(), Error> {
        if let Some(running) = self.running.take() {
            running.crash()?;
        }
        Ok(())
    }

    /// Starts the server again, if it is down; returns when it has recovered.
    ///
    /// # Errors
    ///
    /// As [`Cluster::start`].
    pub fn restart(&mut self) -> Result<(), Error> {
        if self.running.is_none() {
            self.running = Some(Cluster::start(&self.options)?);
        }
        Ok(())
    }
}

/// The data is worth nothing after the test.
impl Drop for PrivateCluster {
    fn drop(&mut self) {
        self.running = None;
        if let Err(error) = cluster::erase(&self.options) {
            tracing::warn!(%error, "cannot remove a test's private Postgres");
        }
    }
}

/// The first folder of this workspace's that no test uses, and the lock on it. So killed tests leave few folders
/// behind.
fn free_slot() -> Result<(PathBuf, File), Error> {
    let tests = test_folder()?;
    account::create_folder(&tests)?;
    let mut number = 0;
    loop {
        let folder = tests.join(format!("private{number}"));
        if let Some(slot) = lock::try_exclusive(&folder.with_extension("lock"))? {
            return Ok((folder, slot));
        }
        number += 1;
    }
}
