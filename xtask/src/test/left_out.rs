use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use hexado_devdb::testing::LEFT_OUT_FILE;

use crate::environment;

/// A test that could not do its work on this machine.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LeftOut {
    pub(crate) what: String,
    pub(crate) missing: String,
}

/// Where tests say that they are left out. Runners hide what passing tests print, so they cannot just print it.
#[derive(Debug)]
pub(super) struct File {
    path: PathBuf,
}

impl File {
    pub(super) fn create() -> Result<Self> {
        let folder = environment::root().join("target/xtask");
        fs::create_dir_all(&folder).context("cannot make target/xtask")?;
        Ok(Self { path: folder.join(format!("left-out.{}", std::process::id())) })
    }

    /// Tells the tests that `command` runs about this file.
    pub(super) fn pass_to(&self, command: &mut Command) {
        command.env(LEFT_OUT_FILE, &self.path);
    }

    /// Everything that was said so far, in order and once.
    pub(super) fn read(&self) -> Result<Vec<LeftOut>> {
        match fs::read_to_string(&self.path) {
            Ok(text) => Ok(parse(&text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error).context("cannot read which tests were left out"),
        }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // It is there only if a test was left out.
        let _ = fs::remove_file(&self.path);
    }
}

/// One test a line: what it shows, a tab, what it lacks.
fn parse(text: &str) -> Vec<LeftOut> {
    let lines: BTreeSet<_> = text.lines().filter_map(|line| line.split_once('\t')).collect();
    lines.into_iter().map(|(what, missing)| LeftOut { what: what.to_owned(), missing: missing.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_was_run_again_counts_once() {
        let expected = [("a", "npm"), ("b", "Redis")]
            .map(|(what, missing)| LeftOut { what: what.into(), missing: missing.into() });
        assert_eq!(parse("b\tRedis\na\tnpm\nb\tRedis\n"), expected);
    }

    #[test]
    fn the_file_is_there_only_if_a_test_was_left_out() {
        let file = File::create().unwrap();
        assert_eq!(file.read().unwrap(), []);
        fs::write(&file.path, "the npm path\tnpm\n").unwrap();
        assert_eq!(file.read().unwrap(), [LeftOut { what: "the npm path".into(), missing: "npm".into() }]);
    }
}
