//! Postgres' programs: which there are on this machine, and which of them a cluster needs.

#[cfg(feature = "fetch")]
mod fetch;
mod search;

use std::path::{Path, PathBuf};

use crate::account::Account;
use crate::{Error, Options};

/// The oldest major version that Hexado's SQL is tested with.
pub(crate) const OLDEST_MAJOR: u32 = 15;

/// The programs of one PostgreSQL server installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programs {
    /// The folder with `postgres` and `initdb`.
    pub folder: PathBuf,
    /// The major version, such as 15.
    pub major: u32,
}

/// The installations of PostgreSQL 15 or newer that `options` allow to be used without fetching, best first.
///
/// # Errors
///
/// [`Error::BadPrograms`] if `options.bin_dir` is given and is none.
pub fn locate(options: &Options) -> Result<Vec<Programs>, Error> {
    let mut found = installed(options, &Account::for_cluster(None)?)?;
    found.sort_by_key(|programs| std::cmp::Reverse(programs.major));
    Ok(found)
}

/// The programs for the cluster in `existing` (its folder and major version), or for a new one.
pub(crate) fn choose(options: &Options, account: &Account, existing: Option<(&Path, u32)>) -> Result<Programs, Error> {
    let found = installed(options, account)?;
    let available = found.iter().map(|programs| programs.major).collect();
    let chosen = match existing {
        Some((_, needed)) => found.into_iter().find(|programs| programs.major == needed),
        // The first of the newest: the user's PATH goes before our guesses.
        None => found.into_iter().rev().max_by_key(|programs| programs.major),
    };
    if let Some(programs) = chosen {
        return Ok(programs);
    }
    let Some((folder, needed)) = existing else { return fetch(options, account) };
    let other_major = Error::OtherMajor { folder: folder.to_path_buf(), needed, available };
    if options.bin_dir.is_some() || needed != fetchable_major() {
        return Err(other_major);
    }
    match fetch(options, account) {
        Err(Error::NoPrograms { .. }) => Err(other_major),
        fetched => fetched,
    }
}

fn installed(options: &Options, account: &Account) -> Result<Vec<Programs>, Error> {
    if let Some(folder) = &options.bin_dir {
        let bad = |problem| Error::BadPrograms { folder: folder.clone(), problem };
        return Ok(vec![Programs::probe(folder, account).map_err(bad)?]);
    }
    Ok(if options.search { search::installed(account) } else { Vec::new() })
}

#[cfg(feature = "fetch")]
fn fetch(options: &Options, account: &Account) -> Result<Programs, Error> {
    fetch::fetch(options, account)
}

#[cfg(feature = "fetch")]
fn fetchable_major() -> u32 {
    fetch::MAJOR
}

#[cfg(not(feature = "fetch"))]
fn fetch(_: &Options, _: &Account) -> Result<Programs, Error> {
    Err(Error::NoPrograms { obstacle: crate::Obstacle::NotBuilt })
}

#[cfg(not(feature = "fetch"))]
fn fetchable_major() -> u32 {
    0
}

impl Programs {
    pub(crate) fn postgres(&self) -> PathBuf {
        program(&self.folder, "postgres")
    }

    pub(crate) fn initdb(&self) -> PathBuf {
        program(&self.folder, "initdb")
    }

    /// Whether the server can load `library`, one of those that come with Postgres but not with every package of it.
    pub(crate) fn has_library(&self, library: &str, account: &Account) -> bool {
        let near = ["../lib", "../lib/postgresql"].map(|folder| self.folder.join(folder));
        let asked = search::ask_pg_config(&self.folder.join("pg_config"), "--pkglibdir", account);
        asked.into_iter().chain(near).any(|folder| {
            let file = folder.join(library);
            file.with_extension("so").exists() || file.with_extension("dylib").exists()
        })
    }

    /// The programs in `folder`, or why there are none that `account` can use.
    fn probe(folder: &Path, account: &Account) -> Result<Self, String> {
        let folder = &folder.canonicalize().map_err(|error| format!("it cannot be found: {error}"))?;
        if let Some(missing) = ["postgres", "initdb"].into_iter().find(|name| !program(folder, name).exists()) {
            return Err(format!("it has no {missing}"));
        }
        // Run by the account that will run the server: for root this finds out whether that one can reach the programs.
        let output = account.command(&program(folder, "postgres")).arg("--version").output();
        let output = output.map_err(|error| format!("its postgres does not run: {error}"))?;
        let version = String::from_utf8_lossy(&output.stdout);
        let Some(major) = major_version(&version) else {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("its postgres does not tell its version: {}", format!("{version}{said}").trim()));
        };
        if major < OLDEST_MAJOR {
            return Err(format!("it has PostgreSQL {major}, {OLDEST_MAJOR} is the oldest that will do"));
        }
        Ok(Self { folder: folder_of(&program(folder, "postgres"), folder), major })
    }
}

/// The folder that the programs are really in: `PATH` often holds links, and a library is looked for near its program.
fn folder_of(postgres: &Path, found_in: &Path) -> PathBuf {
    let real = postgres.canonicalize().ok().and_then(|path| path.parent().map(Path::to_path_buf));
    real.filter(|folder| program(folder, "initdb").exists()).unwrap_or_else(|| found_in.to_path_buf())
}

fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// From `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, also from `… 19devel`.
fn major_version(text: &str) -> Option<u32> {
    let (_, version) = text.split_once("(PostgreSQL) ")?;
    let digits = version.find(|character: char| !character.is_ascii_digit()).unwrap_or(version.len());
    version[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major_version;

    #[test]
    fn the_major_version_is_read_from_releases_and_previews() {
        for (text, major) in [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some(15)),
            ("postgres (PostgreSQL) 18\n", Some(18)),
            ("postgres (PostgreSQL) 19devel\n", Some(19)),
            ("postgres (PostgreSQL) 9.6.24\n", Some(9)),
            ("command not found", None),
        ] {
            assert_eq!(major_version(text), major, "{text}");
        }
    }
}
