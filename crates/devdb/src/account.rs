//! Which user the server runs as: ourselves, except where we are root, as Postgres refuses that.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::io_error;
use crate::{Error, environment, os};

/// Users to run as, best first. A uid without an entry among the users does not do: `initdb` looks up its own name.
const CANDIDATES: [&str; 2] = ["postgres", "nobody"];

#[derive(Clone, Debug)]
pub(crate) enum Account {
    Ours,
    Other { name: String, uid: u32, gid: u32 },
}

impl Account {
    /// The account for the cluster in `folder`: the owner if there is one already, as Postgres insists on that.
    pub(crate) fn for_cluster(folder: Option<&Path>) -> Result<Self, Error> {
        if !is_root() {
            return Ok(Self::Ours);
        }
        match folder.map(Self::owner_of).transpose()?.flatten() {
            Some(owner) => Ok(owner),
            None => CANDIDATES.into_iter().find_map(Self::named).ok_or(Error::NoAccount),
        }
    }

    /// A command that runs as this account, in a bare environment: no `PGPORT` or locale of the caller may leak in.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", environment::path()).env("LC_ALL", "C").env("TZ", "UTC");
        command.current_dir("/").stdin(Stdio::null());
        if let Self::Other { uid, gid, .. } = self {
            os::run_as(&mut command, *uid, *gid);
        }
        command
    }

    /// Makes this account the owner of `path`.
    pub(crate) fn give(&self, path: &Path) -> Result<(), Error> {
        match self {
            Self::Ours => Ok(()),
            Self::Other { uid, gid, .. } => os::give(path, *uid, *gid).or_else(io_error("change the owner of", path)),
        }
    }

    /// Checks that this account can reach `folder`, through every folder above it.
    pub(crate) fn check_passable(&self, folder: &Path) -> Result<(), Error> {
        let Self::Other { name, uid, gid } = self else { return Ok(()) };
        for ancestor in folder.ancestors() {
            let metadata = fs::metadata(ancestor).or_else(io_error("look at", ancestor))?;
            let passable = match os::owner(&metadata) {
                (owner, _) if owner == *uid => 0o100,
                (_, group) if group == *gid => 0o010,
                _ => 0o001,
            };
            if os::mode(&metadata) & passable == 0 {
                let (folder, closed) = (folder.to_path_buf(), ancestor.to_path_buf());
                return Err(Error::NotPassable { folder, closed, account: name.clone() });
            }
        }
        Ok(())
    }

    fn owner_of(folder: &Path) -> Result<Option<Self>, Error> {
        let metadata = fs::metadata(folder).or_else(io_error("look at", folder))?;
        let (uid, gid) = os::owner(&metadata);
        Ok((uid != 0).then(|| Self::Other { name: format!("the user with id {uid}"), uid, gid }))
    }

    fn named(name: &str) -> Option<Self> {
        let (uid, gid) = (id(&["-u", name])?, id(&["-g", name])?);
        Some(Self::Other { name: format!("the user `{name}`"), uid, gid })
    }
}

pub(crate) fn is_root() -> bool {
    os::SUPPORTED && id(&["-u"]) == Some(0)
}

/// Makes `folder` and what is missing above it, for root passable by the server's user, whatever the umask.
pub(crate) fn create_folder(folder: &Path) -> Result<(), Error> {
    let missing: Vec<PathBuf> = folder.ancestors().take_while(|path| !path.exists()).map(Path::to_path_buf).collect();
    fs::create_dir_all(folder).or_else(io_error("make", folder))?;
    if is_root() {
        for path in missing.iter().filter(|path| !path.as_os_str().is_empty()) {
            os::set_mode(path, 0o755).or_else(io_error("open", path))?;
        }
    }
    Ok(())
}

/// A number from `id`, which every Unix has, also where users are not listed in `/etc/passwd`.
fn id(arguments: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(arguments).stderr(Stdio::null()).output().ok()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}
