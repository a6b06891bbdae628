//! The little SQL that test databases need.

use std::future::Future;
use std::thread;

use tokio::runtime::Builder;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, NoTls};

use super::Error;

/// A connection to the database `postgres` of the cluster, as its superuser.
pub(super) struct Admin(Client);

impl Admin {
    pub(super) async fn connect(url: &str) -> Result<Self, Error> {
        let connected = tokio_postgres::connect(url, NoTls).await;
        let (client, connection) = connected.map_err(|source| Error::Sql { sql: "connecting".to_owned(), source })?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "the connection of a test database's helper ended");
            }
        });
        Ok(Self(client))
    }

    /// Runs one statement, outside a transaction.
    pub(super) async fn run(&self, sql: &str) -> Result<(), Error> {
        self.0.batch_execute(sql).await.map_err(|source| Error::Sql { sql: sql.to_owned(), source })
    }

    /// The first column of the answer, which is text.
    pub(super) async fn names(&self, sql: &str) -> Result<Vec<String>, Error> {
        let rows = self.0.query(sql, &[]).await.map_err(|source| Error::Sql { sql: sql.to_owned(), source })?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    pub(super) async fn drop_database(&self, name: &str) -> Result<(), Error> {
        self.run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await
    }
}

impl Error {
    pub(super) fn is_missing_database(&self) -> bool {
        matches!(self, Self::Sql { source, .. } if source.code() == Some(&SqlState::INVALID_CATALOG_NAME))
    }
}

/// Runs `work` to its end on a thread and a runtime of its own: for `Drop`, which cannot wait for a future, and for
/// callers on a thread that has no runtime.
pub(super) fn run_apart<F: Future<Output = Result<(), Error>>>(work: impl FnOnce() -> F + Send) -> Result<(), Error> {
    let on_a_runtime = || {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|source| crate::Error::Io {
            doing: "start a runtime for",
            path: "tests".into(),
            source,
        })?;
        runtime.block_on(work())
    };
    thread::scope(|scope| scope.spawn(on_a_runtime).join()).unwrap_or(Err(Error::Panicked))
}
