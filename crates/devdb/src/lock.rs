//! Who uses a cluster, told by file locks: the kernel releases them when their holder dies, however it dies.
//!
//! Locks are released explicitly and not by closing the file: a child process that another thread is just forking
//! holds a duplicate of the descriptor until its `exec`, and closing ours would leave the lock to it for that moment.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::Error;
use crate::error::io_error;

/// The right to start or stop the server, held by one process at a time.
pub(crate) struct StartLock(File);

impl StartLock {
    /// Waits for whoever is starting or stopping the server of `data_dir` right now.
    pub(crate) fn acquire(data_dir: &Path) -> Result<Self, Error> {
        let path = data_dir.join("postgres.start.lock");
        let file = open(&path)?;
        if !try_lock(&file, &path)? {
            tracing::info!(path = %path.display(), "waiting for another process that starts or stops this Postgres");
            file.lock().or_else(io_error("lock", path))?;
        }
        Ok(Self(file))
    }
}

impl Drop for StartLock {
    fn drop(&mut self) {
        unlock(&self.0);
    }
}

/// One user's share of a running cluster. Every function takes the [`StartLock`], so that nobody sees a state in
/// between.
pub(crate) struct Share {
    file: File,
    path: PathBuf,
}

impl Share {
    /// A share, and whether nobody else has one.
    pub(crate) fn take(data_dir: &Path, _: &StartLock) -> Result<(Self, bool), Error> {
        let path = data_dir.join("postgres.use.lock");
        let file = open(&path)?;
        let alone = try_lock(&file, &path)?;
        unlock(&file);
        file.lock_shared().or_else(io_error("lock", &path))?;
        Ok((Self { file, path }, alone))
    }

    /// Gives the share back. Returns whether it was the last one.
    pub(crate) fn give_back(self, _: &StartLock) -> Result<bool, Error> {
        unlock(&self.file);
        try_lock(&self.file, &self.path)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        unlock(&self.file);
    }
}

/// A lock that one process holds alone; `None` if another has it.
#[cfg(feature = "testing")]
pub(crate) fn try_exclusive(path: &Path) -> Result<Option<File>, Error> {
    let file = open(path)?;
    Ok(try_lock(&file, path)?.then_some(file))
}

/// The exclusive lock at `path`, waiting for it.
#[cfg(feature = "fetch")]
pub(crate) fn exclusive(path: &Path) -> Result<File, Error> {
    let file = open(path)?;
    file.lock().or_else(io_error("lock", path))?;
    Ok(file)
}

fn open(path: &Path) -> Result<File, Error> {
    OpenOptions::new().create(true).truncate(false).write(true).open(path).or_else(io_error("open", path))
}

fn try_lock(file: &File, path: &Path) -> Result<bool, Error> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(source)) => io_error("lock", path)(source),
    }
}

fn unlock(file: &File) {
    if let Err(error) = file.unlock() {
        tracing::warn!(%error, "cannot release a lock of the private Postgres");
    }
}
