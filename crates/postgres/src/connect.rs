//! Opening connections.

mod error;

use std::error::Error;
use std::future::Future;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Client, Config, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

pub use error::ConnectError;
pub(crate) use error::place;

use crate::options::Options;

type TlsStream = <<MakeRustlsConnect as MakeTlsConnect<Socket>>::TlsConnect as TlsConnect<Socket>>::Stream;

/// Opens connections to one database.
#[derive(Clone)]
pub(crate) struct Connector {
    options: Options,
    /// What limits each session, as `SET` statements: a pooler between us and the server refuses them at start-up.
    session: String,
}

/// A statement that is prepared is also planned once. Else a page would be planned anew each time, which takes the server as
/// long as to read it: with the number of rows known, a plan looks cheaper than for any number.
const PLAN_ONCE: &str = "SET plan_cache_mode = force_generic_plan";

/// A connection that many may use at the same time, and the task that moves its bytes.
pub(crate) struct SharedConnection {
    pub(crate) conn: AsyncPgConnection,
    /// Ends when the connection does.
    pub(crate) driver: JoinHandle<()>,
}

impl Connector {
    pub(crate) fn new(options: Options) -> Self {
        let (lock, statement) = (options.limits.lock.as_millis(), options.limits.statement.as_millis());
        let session = format!("SET lock_timeout = {lock}; SET statement_timeout = {statement}");
        Self { options, session }
    }

    /// For migrations: a statement may take as long as it needs, but must not wait long for a lock that others queue behind.
    pub(crate) fn for_migrations(options: Options) -> Self {
        let lock = options.limits.lock.as_millis();
        Self { options, session: format!("SET lock_timeout = {lock}; SET statement_timeout = 0") }
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// A connection for one user at a time.
    pub(crate) async fn open(&self) -> ConnectionResult<AsyncPgConnection> {
        self.in_time(async {
            let (client, connection) = self.dial(&self.options.server).await?;
            self.limited(AsyncPgConnection::try_from_client_and_connection(client, connection).await?).await
        })
        .await
    }

    /// A connection that lives on the present runtime, for statements that are prepared.
    pub(crate) async fn open_shared(&self) -> ConnectionResult<SharedConnection> {
        let mut server = self.options.server.clone();
        server.application_name(format!("{} lane", server.get_application_name().unwrap_or_default()));
        self.in_time(async {
            let (client, connection) = self.dial(&server).await?;
            let driver = tokio::spawn(drive(connection));
            let mut conn = self.limited(AsyncPgConnection::try_from(client).await?).await?;
            conn.batch_execute(PLAN_ONCE).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(SharedConnection { conn, driver })
        })
        .await
    }

    async fn dial(&self, server: &Config) -> ConnectionResult<(Client, Connection<Socket, TlsStream>)> {
        let dialled = server.connect(self.options.tls.clone()).await;
        dialled.map_err(|error| bad_connection(&ConnectError::new(&error, &self.options)))
    }

    async fn limited(&self, mut conn: AsyncPgConnection) -> ConnectionResult<AsyncPgConnection> {
        conn.batch_execute(&self.session).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(conn)
    }

    async fn in_time<T>(&self, opening: impl Future<Output = ConnectionResult<T>>) -> ConnectionResult<T> {
        let opened = timeout(self.options.limits.connect, opening).await;
        opened.unwrap_or_else(|_| Err(bad_connection(&ConnectError::late(&self.options))))
    }
}

/// A connection on which nothing has been said yet. It lives on the present runtime, and ends with the client.
pub(crate) async fn open_bare(options: &Options) -> Result<Client, ConnectError> {
    let dialled = timeout(options.limits.connect, options.server.connect(options.tls.clone())).await;
    let dialled = dialled.map_err(|_| ConnectError::late(options))?;
    let (client, connection) = dialled.map_err(|error| ConnectError::new(&error, options))?;
    tokio::spawn(drive(connection));
    Ok(client)
}

fn bad_connection(error: &ConnectError) -> ConnectionError {
    ConnectionError::BadConnection(error.to_string())
}

async fn drive(connection: Connection<Socket, TlsStream>) {
    if let Err(error) = connection.await {
        tracing::debug!(error = in_full(&error), "a connection to the database broke");
    }
}

/// An error with its causes: the driver's own text is as short as "error connecting to server".
pub(crate) fn in_full(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let cause_text = error.to_string();
        // Some errors tell their cause themselves.
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        cause = error.source();
    }
    text
}
