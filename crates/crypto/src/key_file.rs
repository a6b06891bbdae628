//! A signing key that stays the same from one start to the next.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use hexado_domain::entropy::Entropy;
use hexado_domain::identity::{SigningAlgorithm, random};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::signing_key::{InvalidKey, SigningKey};

/// The Ed25519 key in the file at `path`; if there is none, a new one, which is kept there for this user of the operating system
/// alone. Of several processes that find none at once, one makes the key, and all get that one. The folder must exist.
pub fn load_or_create(path: &Path, entropy: &dyn Entropy) -> Result<SigningKey, KeyFileError> {
    let make =
        || Ok(SigningKey::generate(SigningAlgorithm::EdDsa, entropy).map_err(io::Error::other)?.to_private_jwk());
    let text = read_or_create(path, make, entropy)?;
    SigningKey::from_private_jwk(SigningAlgorithm::EdDsa, text.expose_secret())
        .map_err(|source| KeyFileError::Invalid { path: path.to_owned(), source })
}

/// The secret in the file at `path`; if there is none, a new one of 64 letters and digits, made as [`load_or_create`] makes
/// keys.
pub fn load_or_create_secret(path: &Path, entropy: &dyn Entropy) -> Result<SecretString, KeyFileError> {
    read_or_create(path, || Ok(random::text(entropy, random::LETTERS_AND_DIGITS, 64).into()), entropy)
}

/// Why there is no key.
#[derive(Debug, Error)]
pub enum KeyFileError {
    #[error("the key or secret cannot be kept in {}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} is damaged; remove it, and a new signing key is made", path.display())]
    Invalid { path: PathBuf, source: InvalidKey },
}

fn read_or_create(
    path: &Path,
    make: impl FnOnce() -> io::Result<SecretString>,
    entropy: &dyn Entropy,
) -> Result<SecretString, KeyFileError> {
    let read = || fs::read_to_string(path).map(SecretString::from);
    let text = match read() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make().and_then(|text| create(path, &text, entropy)).and_then(|()| read())
        }
        read => read,
    };
    text.map_err(|source| KeyFileError::Io { path: path.to_owned(), source })
}

/// Writes the text under another name first: the file is never seen half written. Then links it to its own name, which does
/// not replace a file that another process was quicker to put there.
fn create(path: &Path, text: &SecretString, entropy: &dyn Entropy) -> io::Result<()> {
    let temporary = temporary_name(path, entropy);
    let linked = write_private(&temporary, text.expose_secret())
        .and_then(|()| fs::hard_link(&temporary, path))
        .or_else(|error| if error.kind() == ErrorKind::AlreadyExists { Ok(()) } else { Err(error) });
    let removed = fs::remove_file(&temporary);
    linked.and(removed)
}

fn temporary_name(path: &Path, entropy: &dyn Entropy) -> PathBuf {
    let mut number = [0; 8];
    entropy.fill(&mut number);
    path.with_extension(format!("{:016x}.new", u64::from_be_bytes(number)))
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut file = open_private(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    use tempfile::TempDir;

    use super::*;

    /// Never gives the same bytes twice.
    #[derive(Default)]
    struct Counter(AtomicU64);

    impl Entropy for Counter {
        fn fill(&self, bytes: &mut [u8]) {
            for chunk in bytes.chunks_mut(8) {
                let number = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
                chunk.copy_from_slice(&number[..chunk.len()]);
            }
        }
    }

    fn names(folder: &TempDir) -> Vec<String> {
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn the_second_start_finds_the_key_of_the_first() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("signing-key.json");
        let entropy = Counter::default();
        let first = load_or_create(&path, &entropy).unwrap();
        let second = load_or_create(&path, &entropy).unwrap();
        assert_eq!(first.kid(), second.kid());
        assert_eq!(names(&folder), ["signing-key.json"]);
    }

    #[test]
    fn a_secret_is_made_once_and_kept() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("secret");
        let secrets = [(); 2].map(|()| load_or_create_secret(&path, &Counter::default()).unwrap());
        assert_eq!(secrets[0].expose_secret(), secrets[1].expose_secret());
        assert_eq!(secrets[0].expose_secret().len(), 64);
    }

    #[test]
    #[cfg(unix)]
    fn nobody_else_can_read_the_file() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = TempDir::new().unwrap();
        let path = folder.path().join("signing-key.json");
        load_or_create(&path, &Counter::default()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn those_who_race_get_the_same_key() {
        const RACERS: usize = 16;
        for _ in 0..20 {
            let folder = TempDir::new().unwrap();
            let path = folder.path().join("signing-key.json");
            let (entropy, start) = (Counter::default(), Barrier::new(RACERS));
            let race = || {
                start.wait();
                load_or_create(&path, &entropy).unwrap().kid().to_owned()
            };
            let kids: Vec<String> = thread::scope(|scope| {
                let racers: Vec<_> = (0..RACERS).map(|_| scope.spawn(race)).collect();
                racers.into_iter().map(|racer| racer.join().unwrap()).collect()
            });
            assert!(kids.iter().all(|kid| *kid == kids[0]), "{kids:?}");
            assert_eq!(names(&folder), ["signing-key.json"]);
        }
    }

    #[test]
    fn a_damaged_file_is_neither_used_nor_replaced() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("signing-key.json");
        fs::write(&path, "{").unwrap();
        let error = load_or_create(&path, &Counter::default()).err().unwrap();
        assert!(matches!(error, KeyFileError::Invalid { .. }));
        assert_eq!(fs::read_to_string(&path).unwrap(), "{");
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error_that_names_the_file() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("missing").join("signing-key.json");
        let error = load_or_create(&path, &Counter::default()).err().unwrap();
        assert!(error.to_string().contains("missing"), "{error}");
    }
}
