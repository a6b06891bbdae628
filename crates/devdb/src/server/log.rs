//! The server's log file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

use crate::account::Account;
use crate::error::io_error;
use crate::folder::Folder;
use crate::{Error, os};

/// A log longer than this (bytes) starts anew with the server.
const LIMIT: u64 = 4 << 20;
/// How much of the end of the log (bytes) an error message shows at most.
const TAIL: u64 = 4096;

pub(super) struct Log {
    pub(super) path: PathBuf,
}

impl Log {
    pub(super) fn of(folder: &Folder) -> Self {
        Self { path: folder.log() }
    }

    /// The file, opened twice: for a server's standard output and for its errors.
    pub(super) fn open(&self, account: &Account) -> Result<(File, File), Error> {
        if self.length() > LIMIT {
            fs::remove_file(&self.path).or_else(io_error("remove", &self.path))?;
        }
        let log =
            OpenOptions::new().create(true).append(true).open(&self.path).or_else(io_error("open", &self.path))?;
        os::set_mode(&self.path, 0o600).or_else(io_error("close", &self.path))?;
        account.give(&self.path)?;
        let twin = log.try_clone().or_else(io_error("open", &self.path))?;
        Ok((log, twin))
    }

    /// How long the log is, in bytes.
    pub(super) fn length(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |metadata| metadata.len())
    }

    /// What was written after the first `before` bytes, only the end of it if it is long.
    pub(super) fn tail(&self, before: u64) -> String {
        self.read_after(before).unwrap_or_else(|error| error.to_string())
    }

    fn read_after(&self, before: u64) -> io::Result<String> {
        let mut log = File::open(&self.path)?;
        let length = log.metadata()?.len();
        // Shorter than before: it has started anew.
        let start = if before > length { 0 } else { before };
        log.seek(SeekFrom::Start(start.max(length.saturating_sub(TAIL))))?;
        let mut bytes = Vec::new();
        log.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
    }
}
