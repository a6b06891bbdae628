//! Whether a pooler between us and the database shares sessions.
//!
//! Behind a pooler in transaction mode (PgBouncer's `pool_mode = transaction`, and what Neon and Supabase put in front of
//! a database) each transaction may run in another session. Two things are lost there that we rely on: statements that a
//! connection has prepared, unless the pooler keeps book of them, and locks that outlive a transaction.

use std::error::Error;
use std::fmt;

use hexado_domain::error::StoreError;
use tokio::time::timeout;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error as DriverError, SimpleQueryMessage};

use crate::connect::{ConnectError, open_bare};
use crate::error::Failure;
use crate::options::Options;

/// What becomes of a session between two transactions of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pooling {
    /// It stays the connection's own: there is no pooler, or one that leaves sessions alone.
    None,
    /// Others may get it. Statements stay prepared all the same.
    Transactions,
    /// Others may get it, and prepared statements get lost.
    TransactionsWithoutStatements,
}

/// Finds out by trying, with two connections. On a pooler with traffic of others, sharing may go unnoticed.
///
/// # Errors
///
/// [`ConnectError`] if there is no connection, or the pooler finds no session for it in time.
pub async fn detect(options: &Options) -> Result<Pooling, ConnectError> {
    let (first, second) = tokio::try_join!(open_bare(options), open_bare(options))?;
    let found = timeout(options.limits.call, compare(&first, &second)).await;
    found.map_err(|_| ConnectError::no_session(options))?.map_err(|error| ConnectError::new(&error, options))
}

/// Fails if prepared statements get lost on the way to the database.
pub async fn check_statements(options: &Options) -> Result<(), StoreError> {
    match detect(options).await.map_err(Failure::unavailable)? {
        Pooling::None | Pooling::Transactions => Ok(()),
        Pooling::TransactionsWithoutStatements => Err(Failure::unavailable(Unsuitable::LosesStatements).into()),
    }
}

/// Fails if sessions are shared: a migration's lock would stay behind in one.
pub(crate) async fn check_locks(options: &Options) -> Result<(), Failure> {
    match detect(options).await.map_err(Failure::unavailable)? {
        Pooling::None => Ok(()),
        Pooling::Transactions | Pooling::TransactionsWithoutStatements => {
            Err(Failure::unavailable(Unsuitable::LosesLocks))
        }
    }
}

/// For what a pooler is of no use, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsuitable {
    /// For requests.
    LosesStatements,
    /// For migrations.
    LosesLocks,
}

impl Unsuitable {
    pub fn problem(self) -> &'static str {
        match self {
            Self::LosesStatements => {
                "DATABASE_URL leads to a pooler in transaction mode that loses prepared statements"
            }
            Self::LosesLocks => "migrations would run through a pooler in transaction mode, which loses their lock",
        }
    }

    pub fn remedy(self) -> &'static str {
        match self {
            Self::LosesStatements => {
                "take PgBouncer 1.21 or newer with max_prepared_statements above 0, or pool_mode = session, or the \
                 database itself"
            }
            Self::LosesLocks => "set DATABASE_DIRECT_URL to the database itself",
        }
    }
}

impl fmt::Display for Unsuitable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.problem(), self.remedy())
    }
}

impl Error for Unsuitable {}

async fn compare(first: &Client, second: &Client) -> Result<Pooling, DriverError> {
    let own = session(first).await?;
    let statement = match first.prepare("SELECT pg_backend_pid()").await {
        Err(error) if is_lost(&error) => return Ok(Pooling::TransactionsWithoutStatements),
        prepared => prepared?,
    };
    // For its transaction the second must be given a session, and a pooler takes the one that was used last. Where there
    // is only that one, the first would wait for it.
    second.batch_execute("BEGIN").await?;
    let shared = session(second).await? == own;
    let again = first.query(&statement, &[]).await;
    second.batch_execute("ROLLBACK").await?;
    let again = match again {
        Err(error) if is_lost(&error) => return Ok(Pooling::TransactionsWithoutStatements),
        rows => rows?.first().map(|row| row.try_get::<_, i32>(0)).transpose()?,
    };
    let moved = again.map(|session| session.to_string()) != own;
    Ok(if shared || moved { Pooling::Transactions } else { Pooling::None })
}

/// The server's number of the session that the client has just now.
async fn session(client: &Client) -> Result<Option<String>, DriverError> {
    let answer = client.simple_query("SELECT pg_backend_pid()").await?;
    let row = answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    Ok(row.map(|row| row.try_get(0)).transpose()?.flatten().map(str::to_owned))
}

/// Whether the session has no statement of that name, or another connection's.
fn is_lost(error: &DriverError) -> bool {
    let lost = [SqlState::INVALID_SQL_STATEMENT_NAME, SqlState::DUPLICATE_PSTATEMENT];
    error.code().is_some_and(|code| lost.contains(code))
}
