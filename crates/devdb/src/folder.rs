//! A cluster's folder: what lies where, and how it is made.

use std::fs;
use std::path::{Path, PathBuf};

use crate::account::Account;
use crate::error::io_error;
use crate::programs::Programs;
use crate::{Error, os, random};

/// `<data_dir>/pg<major>`.
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// The cluster in `data_dir`, the newest if there are several.
    pub(crate) fn find(data_dir: &Path) -> Result<Option<(Self, u32)>, Error> {
        let majors = names(data_dir)?.into_iter().filter_map(|name| name.strip_prefix("pg")?.parse::<u32>().ok());
        Ok(majors.max().map(|major| (Self::of_major(data_dir, major), major)))
    }

    /// Makes an empty cluster under another name and renames it when it is complete: one half made is never used.
    pub(crate) fn create(
        data_dir: &Path,
        programs: &Programs,
        account: &Account,
        durable: bool,
    ) -> Result<Self, Error> {
        let folder = Self::of_major(data_dir, programs.major);
        let new = Self(data_dir.join(format!("pg{}.{}.new", programs.major, random::hex::<4>()?)));
        new.fill(programs, account, durable)?;
        fs::rename(new.path(), folder.path()).or_else(io_error("put into its place", new.path()))?;
        Ok(folder)
    }

    /// Removes what starts that were interrupted left behind.
    ///
    /// Their `initdb` may still be running, so a folder that cannot be removed is left to the next start.
    pub(crate) fn remove_leftovers(data_dir: &Path) -> Result<(), Error> {
        for name in names(data_dir)?.iter().filter(|name| name.starts_with("pg") && name.ends_with(".new")) {
            if let Err(error) = fs::remove_dir_all(data_dir.join(name)) {
                tracing::debug!(name, %error, "a half-made cluster stays for now");
            }
        }
        Ok(())
    }

    pub(crate) fn remove(&self) -> Result<(), Error> {
        fs::remove_dir_all(&self.0).or_else(io_error("remove", &self.0))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// What Postgres calls `PGDATA`.
    pub(crate) fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.0.join("postgres.log")
    }

    pub(crate) fn password(&self) -> Result<String, Error> {
        let file = self.password_file();
        fs::read_to_string(&file).or_else(io_error("read", file))
    }

    fn password_file(&self) -> PathBuf {
        self.0.join("password")
    }

    fn of_major(data_dir: &Path, major: u32) -> Self {
        Self(data_dir.join(format!("pg{major}")))
    }

    fn fill(&self, programs: &Programs, account: &Account, durable: bool) -> Result<(), Error> {
        fs::create_dir(&self.0).or_else(io_error("make", &self.0))?;
        os::set_mode(&self.0, 0o700).or_else(io_error("close", &self.0))?;
        self.write_password(account)?;
        account.give(&self.0)?;

        let mut initdb = account.command(&programs.initdb());
        initdb.arg("-D").arg(self.data()).args(["-U", "postgres", "--auth=scram-sha-256", "--locale=C", "-E", "UTF8"]);
        initdb.arg("--pwfile").arg(self.password_file());
        if !durable {
            initdb.arg("--no-sync");
        }
        let output = initdb.output().or_else(io_error("run", programs.initdb()))?;
        if output.status.success() {
            return Ok(());
        }
        // initdb says why on stderr; stdout only tells how far it came.
        Err(Error::Failed { program: "initdb", output: String::from_utf8_lossy(&output.stderr).trim().to_owned() })
    }

    fn write_password(&self, account: &Account) -> Result<(), Error> {
        let file = self.password_file();
        fs::write(&file, random::hex::<32>()?).or_else(io_error("write", &file))?;
        os::set_mode(&file, 0o600).or_else(io_error("close", &file))?;
        account.give(&file)
    }
}

/// The names in `folder`; none if there is no such folder.
fn names(folder: &Path) -> Result<Vec<String>, Error> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).or_else(io_error("list", folder))?;
    Ok(entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect())
}
