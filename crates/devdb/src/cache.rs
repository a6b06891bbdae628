//! Where things are kept that can be made again.

use std::path::PathBuf;

use crate::environment::variable;
use crate::{Error, account};

/// Hexado's folder in the user's cache folder, for root in the system's, which other users can pass.
///
/// Without a home folder there is none: one shared with other users would let them plant programs for us to run.
pub(crate) fn folder() -> Result<PathBuf, Error> {
    Ok(caches().ok_or(Error::NoCacheFolder)?.join("hexado"))
}

fn caches() -> Option<PathBuf> {
    match (account::is_root(), cfg!(target_os = "macos")) {
        (true, true) => Some(PathBuf::from("/Library/Caches")),
        (true, false) => Some(PathBuf::from("/var/cache")),
        (false, true) => Some(absolute("HOME")?.join("Library/Caches")),
        (false, false) => absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache"))),
    }
}

/// Relative paths in such variables are to be ignored, says the XDG base directory specification.
fn absolute(name: &str) -> Option<PathBuf> {
    variable(name).map(PathBuf::from).filter(|path| path.is_absolute())
}
