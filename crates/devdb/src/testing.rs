//! One database a test, each a clone of a template, on a cluster that all test processes share.
//!
//! ```no_run
//! use hexado_devdb::testing::TestDatabase;
//!
//! # async fn migrate(_url: &str) -> Result<(), std::io::Error> { Ok(()) }
//! # async fn a_test() -> Result<(), hexado_devdb::testing::Error> {
//! let database = TestDatabase::create("hexado", async |url: &str| migrate(url).await).await?;
//! // … connect to database.url() …
//! # Ok(())
//! # }
//! ```
//!
//! The cluster is never the one that development keeps its data in. It forgets about durability, and stops with the
//! last test. Where Postgres has `pg_stat_statements`, it counts the statements of those databases that ask for it
//! (`CREATE EXTENSION`, and `ALTER DATABASE … SET pg_stat_statements.track = top`).
//!
//! Databases of runs that were killed are dropped by the next run that has the cluster to itself, and so are
//! templates that many newer ones have followed.

mod cluster;
mod database;
mod left_out;
mod private;
mod sql;

pub use cluster::TestCluster;
pub use database::TestDatabase;
pub use left_out::{LEFT_OUT_FILE, left_out};
pub use private::PrivateCluster;

/// Why a test has no database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Cluster(#[from] crate::Error),

    #[error("{sql}: {source}")]
    Sql { sql: String, source: tokio_postgres::Error },

    #[error("the template {template} could not be prepared: {source}")]
    Prepare { template: String, source: Box<dyn std::error::Error + Send + Sync> },

    #[error("a template's name is 1 to 50 small letters, digits and underscores, unlike {0:?}")]
    TemplateName(String),

    #[error("a helper thread panicked")]
    Panicked,
}
