//! Looks for PostgreSQL servers that are installed on this machine.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Programs, program};
use crate::account::Account;
use crate::environment;

/// Where packages put the programs: a folder, how the name of a folder in it starts, and what follows below that one.
///
/// Debian and its relatives keep the server out of `PATH`, one folder a major version; others do so with all but the
/// newest.
const USUAL: [(&str, &str, &str); 7] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/usr/local", "pgsql", "bin"),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

pub(super) fn installed(account: &Account) -> Vec<Programs> {
    let on_path = environment::path_folders();
    let pg_config = on_path.iter().find_map(|folder| ask_pg_config(&folder.join("pg_config"), "--bindir", account));
    let usual = USUAL.into_iter().flat_map(|(parent, prefix, below)| folders(Path::new(parent), prefix, below));

    let mut seen = HashSet::new();
    let candidates = on_path.iter().cloned().chain(pg_config).chain(usual);
    candidates
        .filter(|folder| program(folder, "postgres").canonicalize().is_ok_and(|postgres| seen.insert(postgres)))
        .filter_map(|folder| {
            let probed = Programs::probe(&folder, account);
            probed.inspect_err(|problem| tracing::debug!(folder = %folder.display(), problem, "passed over")).ok()
        })
        .collect()
}

/// One line of what `pg_config` knows about its installation.
pub(super) fn ask_pg_config(pg_config: &Path, question: &str, account: &Account) -> Option<PathBuf> {
    let output = account.command(pg_config).arg(question).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(answer.trim())).filter(|path| path.is_absolute())
}

fn folders(parent: &Path, prefix: &str, below: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    let named = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
    named.map(|entry| entry.path().join(below)).collect()
}
