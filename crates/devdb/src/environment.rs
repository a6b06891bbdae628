//! The few variables that this crate reads by itself; everything else comes in through `Options`.

use std::env::split_paths;
use std::ffi::OsString;
use std::path::PathBuf;

pub(crate) fn path() -> OsString {
    variable("PATH").unwrap_or_default()
}

/// The folders of `PATH`.
pub(crate) fn path_folders() -> Vec<PathBuf> {
    split_paths(&path()).filter(|folder| folder.is_absolute()).collect()
}

/// `None` if the variable is empty, too.
#[expect(
    clippy::disallowed_methods,
    reason = "PATH, HOME and XDG_CACHE_HOME describe the machine, they do not configure Hexado"
)]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
