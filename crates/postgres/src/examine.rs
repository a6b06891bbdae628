//! What there is to know about a database before it is relied on.

use chrono::{DateTime, TimeDelta, Utc};
use hexado_domain::clock::Clock;
use tokio::time::timeout;
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use crate::connect::{ConnectError, open_bare};
use crate::options::Options;
use crate::pooling::{self, Pooling};

/// The oldest major version of PostgreSQL that is supported.
pub const OLDEST_VERSION: u32 = 15;

/// A database that could be connected to.
#[derive(Clone, Debug)]
pub struct Examination {
    /// As the server writes it, such as `15.18 (Debian 15.18-0+deb12u1)`.
    pub version: String,
    pub major_version: u32,
    /// TLS's version. Behind a pooler that of the pooler's own connection.
    pub tls: Option<String>,
    /// Whether it refuses writes, as a standby does.
    pub read_only: bool,
    /// How far its clock is ahead of ours.
    pub clock_ahead: TimeDelta,
    pub slots: Slots,
    pub pooling: Pooling,
}

/// How many connections there can be, and are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slots {
    /// The least of what server, database and user are limited to.
    pub limit: usize,
    /// All programs' on the server.
    pub in_use: usize,
}

const QUESTION: &str = "
    SELECT current_setting('server_version'),
           current_setting('server_version_num')::int / 10000,
           (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl),
           current_setting('transaction_read_only') = 'on',
           (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
           least(current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
                 (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user),
                 (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database())),
           (SELECT sum(numbackends) FROM pg_stat_database)";

/// Looks at a database, and changes nothing.
///
/// # Errors
///
/// [`ConnectError`] if there is no connection, or no answer on it.
pub async fn examine(options: &Options, clock: &dyn Clock) -> Result<Examination, ConnectError> {
    let client = open_bare(options).await?;
    let before = clock.now();
    let row = timeout(options.limits.call, ask(&client)).await.map_err(|_| ConnectError::no_session(options))?;
    let row = row.map_err(|error| ConnectError::new(&error, options))?;
    let after = clock.now();
    drop(client);
    let column = |index: usize| row.as_ref().and_then(|row| row.try_get(index).ok().flatten());
    let number = |index: usize| column(index).and_then(|text| text.parse::<i64>().ok()).unwrap_or_default();
    let count = |index: usize| usize::try_from(number(index)).unwrap_or_default();
    let its_time = DateTime::<Utc>::from_timestamp_millis(number(4)).unwrap_or_default();
    Ok(Examination {
        version: column(0).unwrap_or_default().to_owned(),
        major_version: u32::try_from(number(1)).unwrap_or_default(),
        tls: column(2).map(str::to_owned),
        read_only: column(3) == Some("t"),
        // It was asked at some moment between the two.
        clock_ahead: its_time - (before + (after - before) / 2),
        slots: Slots { limit: count(5), in_use: count(6) },
        pooling: pooling::detect(options).await?,
    })
}

/// Unprepared, which works on any pooler.
async fn ask(client: &Client) -> Result<Option<SimpleQueryRow>, tokio_postgres::Error> {
    let answer = client.simple_query(QUESTION).await?;
    Ok(answer.into_iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    }))
}
