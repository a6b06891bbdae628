//! Hexado's storage ports on Postgres.
//!
//! A write is one statement (a writable common table expression), so that a task, its owner's counters, the change log and
//! the record of the request become visible together in one round trip. Changes of accounts and access, which are seldom, are
//! transactions: a lock where one must see what others wrote meanwhile, the write, and its audit record. Statements that run
//! often are prepared once a connection.

mod accounts;
mod address_blocks;
mod admins;
mod audit;
mod auth_changes;
mod batch;
mod connect;
mod db;
mod error;
mod examine;
mod housekeeping;
mod jobs;
mod lanes;
pub mod migrate;
mod options;
mod outbox;
pub mod pooling;
mod probe;
mod roles;
mod schema;
mod sessions;
mod signing_keys;
mod statement;
mod tasks;
#[cfg(test)]
mod tests;
mod tls;
mod two_factors;
mod users;
mod verifications;

use std::sync::Arc;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::try_join;

pub use accounts::PgAccountStore;
pub use address_blocks::PgBlockStore;
pub use admins::PgAdminStore;
pub use audit::PgAuditLog;
pub use auth_changes::PgAuthChanges;
pub use batch::BatchUsage;
pub use connect::ConnectError;
pub use db::{PoolUsage, Usage};
pub use examine::{Examination, OLDEST_VERSION, Slots, examine};
pub use housekeeping::PgHousekeeping;
pub use jobs::PgJobQueue;
pub use lanes::LaneUsage;
pub use options::{Limits, Options, OptionsError};
pub use outbox::PgOutbox;
pub use probe::PgProbe;
pub use roles::PgRoleStore;
pub use sessions::PgSessionStore;
pub use signing_keys::PgSigningKeyStore;
pub use tasks::PgTaskStore;
pub use tls::{SslMode, TlsError};
pub use two_factors::PgTwoFactorStore;
pub use users::PgUserStore;
pub use verifications::PgVerificationStore;

use crate::db::Db;

/// One database. Cheap to clone.
#[derive(Clone)]
pub struct Postgres {
    db: Arc<Db>,
}

impl Postgres {
    /// Succeeds while the database is down: connections are opened when they are needed.
    pub fn connect(options: Options) -> Self {
        if options.ssl_mode == SslMode::Require {
            tracing::warn!(
                "sslmode=require encrypts, but anyone on the way can pose as the database: prefer verify-full"
            );
        }
        Self { db: Arc::new(Db::new(options, warm)) }
    }

    /// Opens the connections that the present runtime's short reads share, so that its first ones need not wait. The
    /// runtime does it in the background, and again whenever one is lost.
    pub fn open_lanes(&self) {
        self.db.open_lanes();
    }

    pub fn usage(&self) -> Usage {
        self.db.usage()
    }

    fn db(&self) -> Arc<Db> {
        Arc::clone(&self.db)
    }
}

/// Prepares the reads that nearly every request needs: all at once, or far away from the database it would take seconds.
fn warm(conn: &AsyncPgConnection) -> BoxFuture<'_, QueryResult<()>> {
    async { try_join!(users::warm(conn), sessions::warm(conn), tasks::warm(conn)).map(drop) }.boxed()
}
