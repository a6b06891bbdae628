use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::check::Check;
use crate::config::{Config, DatabaseLocation};

/// Folders that the server writes to.
pub(super) fn check(config: &Config) -> Vec<Check> {
    let needs_data = config.tokens.by_local_key() || matches!(config.database.location, DatabaseLocation::Private(_));
    let data = needs_data.then(|| writable("DATA_DIR", &config.data_dir));
    let log = config.logs.file.as_ref().map(|file| writable("LOG_FILE", file.path.parent().unwrap_or(&file.path)));
    data.into_iter().chain(log).collect()
}

fn writable(name: &'static str, folder: &Path) -> Check {
    let shown = folder.display();
    match try_to_write(folder) {
        Ok(()) => Check::ok(name, format!("{shown} can be written to")),
        Err(error) => Check::fail(name, format!("{shown} cannot be written to ({error})"))
            .remedy("let this user write there, or name another folder"),
    }
}

/// In the folder, or in the one in which the server would have to make it.
fn try_to_write(folder: &Path) -> io::Result<()> {
    let place = existing(folder);
    let probe = place.join(format!(".hexado-doctor-{}", std::process::id()));
    OpenOptions::new().write(true).create_new(true).open(&probe)?;
    fs::remove_file(probe)
}

fn existing(folder: &Path) -> PathBuf {
    folder.ancestors().find(|folder| folder.exists()).unwrap_or(folder).to_path_buf()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_can_be_made_can_be_written_to_and_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("a/b");
        try_to_write(&missing).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_is_no_folder() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(try_to_write(&file).is_err());
        assert!(try_to_write(&file.join("below")).is_err());
    }
}
