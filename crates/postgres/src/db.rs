//! How statements reach the database: short reads over lanes, all else over the pool.

use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{Object, QueueMode};
use deadpool::{Runtime, Status};
use diesel::QueryResult;
use diesel_async::pooled_connection::deadpool::Pool;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use futures_util::FutureExt;
use hexado_domain::audit::AuditEvent;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{Instrument, Span};

use crate::audit::Append;
use crate::batch::{self, BatchUsage};
use crate::connect::Connector;
use crate::error::Failure;
use crate::lanes::{LaneUsage, Lanes, Warm};
use crate::options::{Limits, Options};
use crate::statement::Statement;

type Connection = Object<AsyncDieselConnectionManager<AsyncPgConnection>>;

/// How often a short read is sent at most: both lanes may break, one after the other, before a new connection is made.
const SENDINGS: usize = 3;

/// How long a write waits that was undone to let another transaction through, or that another one overtook.
pub(crate) const MAKE_WAY: Duration = Duration::from_millis(20);

/// How busy the connections to one database are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    pub pool: PoolUsage,
    pub lanes: LaneUsage,
    pub batches: BatchUsage,
}

/// How busy the connection pool is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolUsage {
    /// Connections at most.
    pub max_size: usize,
    /// Connections that are open or being opened.
    pub size: usize,
    /// Those of them that nobody uses.
    pub idle: usize,
    /// Calls that wait for a connection.
    pub waiting: usize,
}

/// The ways to one database.
pub(crate) struct Db {
    pool: Pool<AsyncPgConnection>,
    lanes: Lanes,
    limits: Limits,
    pub(crate) batches: batch::Counts,
}

impl Db {
    /// Opens no connection yet.
    pub(crate) fn new(options: Options, warm: Warm) -> Self {
        let limits = options.limits;
        let connector = Arc::new(Connector::new(options));
        Self {
            pool: pool(Arc::clone(&connector)),
            lanes: Lanes::new(connector, warm),
            limits,
            batches: batch::Counts::default(),
        }
    }

    pub(crate) fn open_lanes(&self) {
        self.lanes.open();
    }

    /// Runs a read that is short whatever there is in the tables. If its connection breaks, it is run again.
    pub(crate) async fn read<T>(&self, query: &impl Statement<T>) -> Result<Vec<T>, Failure> {
        let deadline = self.deadline();
        for _ in 1..SENDINGS {
            match self.on_lane(query, deadline).await {
                Err(Failure::Disconnected(_)) => {}
                result => return result,
            }
        }
        self.on_lane(query, deadline).await
    }

    /// Runs a read that may take a while. If its connection breaks, it is run once more.
    pub(crate) async fn search<T>(&self, query: &impl Statement<T>) -> Result<Vec<T>, Failure> {
        let deadline = self.deadline();
        match self.pooled(query, deadline).await {
            Err(Failure::Disconnected(_)) => self.pooled(query, deadline).await,
            result => result,
        }
    }

    /// Runs a write. If the server undid it to let another transaction through, it is run once more; after any other
    /// failure its outcome is unknown.
    pub(crate) async fn write<T>(&self, query: &impl Statement<T>, deadline: Instant) -> Result<Vec<T>, Failure> {
        match self.pooled(query, deadline).await {
            Err(Failure::Contended(_)) => {
                // At once, it would run into the same transaction again.
                sleep(MAKE_WAY).await;
                self.pooled(query, deadline).await
            }
            result => result,
        }
    }

    /// Runs a write and stores its audit record with it, if `happened` says of the rows that something was written. With a
    /// lock, the write sees what the lock's earlier holders did. What was undone to let another transaction through is run
    /// once more, as [`write`](Self::write) does.
    pub(crate) async fn write_recorded<T: Send>(
        &self,
        lock: Option<&dyn Statement<String>>,
        query: &impl Statement<T>,
        event: &AuditEvent,
        happened: fn(&[T]) -> bool,
    ) -> Result<Vec<T>, Failure> {
        let (deadline, record) = (self.deadline(), Append::of(event));
        match self.recorded(lock, query, &record, happened, deadline).instrument(span("pool")).await {
            Err(Failure::Contended(_)) => {
                sleep(MAKE_WAY).await;
                self.recorded(lock, query, &record, happened, deadline).instrument(span("pool")).await
            }
            result => result,
        }
    }

    pub(crate) fn usage(&self) -> Usage {
        let Status { max_size, size, available, waiting } = self.pool.status();
        let pool = PoolUsage { max_size, size, idle: available, waiting };
        Usage { pool, lanes: self.lanes.usage(), batches: self.batches.usage() }
    }

    /// When a call that begins now must have ended.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.limits.call
    }

    /// Over the pool, if there is no lane.
    async fn on_lane<T>(&self, query: &impl Statement<T>, deadline: Instant) -> Result<Vec<T>, Failure> {
        let Some(ride) = self.lanes.board().await else { return self.pooled(query, deadline).await };
        let answer = ride.read(query, deadline).instrument(span("lane")).await;
        if let Err(failure @ (Failure::ReadOnly(_) | Failure::Unanswered(_))) = &answer {
            self.renew_after(failure);
        }
        answer
    }

    async fn pooled<T>(&self, query: &impl Statement<T>, deadline: Instant) -> Result<Vec<T>, Failure> {
        self.on_pool(query, deadline).instrument(span("pool")).await
    }

    async fn on_pool<T>(&self, query: &impl Statement<T>, deadline: Instant) -> Result<Vec<T>, Failure> {
        let conn = self.check_out(deadline).await?;
        let answer = timeout_at(deadline, query.rows(&conn)).await;
        self.judge(conn, answer)
    }

    /// Runs a write and stores its record in one transaction.
    async fn recorded<T: Send>(
        &self,
        lock: Option<&dyn Statement<String>>,
        query: &impl Statement<T>,
        record: &Append<'_>,
        happened: fn(&[T]) -> bool,
        deadline: Instant,
    ) -> Result<Vec<T>, Failure> {
        let mut conn = self.check_out(deadline).await?;
        let work = conn.transaction(async |conn| {
            if let Some(lock) = lock {
                lock.rows(conn).await?;
            }
            let rows = query.rows(conn).await?;
            if happened(&rows) {
                let _: Vec<i64> = record.rows(conn).await?;
            }
            Ok(rows)
        });
        let answer = timeout_at(deadline, work).await;
        self.judge(conn, answer)
    }

    /// What the server answered, if it did, and what that says of the connection.
    fn judge<T>(&self, conn: Connection, answer: Result<QueryResult<Vec<T>>, Elapsed>) -> Result<Vec<T>, Failure> {
        let failure = match answer {
            Ok(Ok(rows)) => return Ok(rows),
            Ok(Err(error)) => Failure::from(error),
            Err(late) => Failure::Unanswered(late.into()),
        };
        if failure.is_of_the_connection() {
            // Else the next one would get a broken connection, or wait behind the statement that was given up.
            drop(Object::take(conn));
            self.renew_after(&failure);
        }
        Err(failure)
    }

    /// Gives up the connections to which the same has most likely happened, though nobody has noticed yet.
    fn renew_after(&self, failure: &Failure) {
        self.pool.retain(|_, _| false);
        // Of a broken lane its keeper knows at once.
        if !matches!(failure, Failure::Disconnected(_)) {
            self.lanes.give_up();
        }
    }

    pub(crate) async fn check_out(&self, deadline: Instant) -> Result<Connection, Failure> {
        Ok(timeout_at(deadline, self.pool.get()).await.map_err(Failure::unavailable)??)
    }
}

/// For writes that return a row if they wrote something.
pub(crate) fn any<T>(rows: &[T]) -> bool {
    !rows.is_empty()
}

/// Each time a statement is sent, as OpenTelemetry's conventions name such things.
fn span(connection: &'static str) -> Span {
    tracing::info_span!(
        "query",
        otel.name = "postgresql",
        otel.kind = "client",
        db.system.name = "postgresql",
        hexado.connection = connection
    )
}

fn pool(connector: Arc<Connector>) -> Pool<AsyncPgConnection> {
    let (size, limits) = (connector.options().pool_size, connector.options().limits);
    let mut config = ManagerConfig::default();
    // A broken connection is noticed without a question to the server.
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |_| {
        let connector = Arc::clone(&connector);
        async move { connector.open().await }.boxed()
    });
    Pool::builder(AsyncDieselConnectionManager::new_with_config("", config))
        .max_size(size)
        // The connection that was used last is the warmest one, here and at the server.
        .queue_mode(QueueMode::Lifo)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(limits.pool_wait))
        .create_timeout(Some(limits.call))
        .recycle_timeout(Some(limits.call))
        .build()
        .unwrap_or_else(|error| unreachable!("a pool that has a runtime can keep time limits: {error}"))
}
