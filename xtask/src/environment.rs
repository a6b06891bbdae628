//! Where the workspace is, and what the user's environment says.

use std::path::{Path, PathBuf};

/// The root folder of the workspace.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// The environment variable `name`; `None` if it is empty or no text.
#[expect(clippy::disallowed_methods, reason = "developer commands are no part of the server")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The variable as the development server sees it: from the environment, else from `.env`.
///
/// A line of `.env` that cannot be read is for the server to complain about.
pub(crate) fn server_variable(name: &str) -> Option<String> {
    variable(name).or_else(|| {
        let lines = dotenvy::from_filename_iter(root().join(".env")).ok()?;
        let (_, value) = lines.filter_map(Result::ok).find(|(key, _)| key == name)?;
        Some(value).filter(|value| !value.is_empty())
    })
}

/// The program `name` in the folders of `PATH`.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = variable("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}
