//! Hexado's storage ports on Postgres.
//!
//! A write is one statement (a writable common table expression), so that a task, its owner's counters, the change log and
//! the record of the request become visible together in one round trip. Statements are prepared once a connection.

mod connect;
mod db;
mod error;
pub mod migrate;
mod options;
mod probe;
mod schema;
mod statement;
mod tasks;
mod tls;
mod users;

use std::sync::Arc;

pub use options::{Limits, Options, OptionsError};
pub use probe::PgProbe;
pub use tasks::PgTaskStore;
pub use tls::TlsError;
pub use users::PgUserStore;

use crate::db::Db;

/// One database. Cheap to clone.
#[derive(Clone)]
pub struct Postgres {
    db: Arc<Db>,
}

impl Postgres {
    /// Connections are opened when they are needed, so this succeeds while the database is down.
    pub fn connect(options: Options) -> Self {
        Self { db: Arc::new(Db::new(options)) }
    }

    fn db(&self) -> Arc<Db> {
        Arc::clone(&self.db)
    }
}
