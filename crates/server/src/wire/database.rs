use anyhow::Result;
use hexado_postgres::Options;

use crate::config::{Database, DatabaseLocation, PrivateDatabase};

/// The ways to the database, and the PostgreSQL that was started for it, if it is a private one.
pub(crate) struct DatabaseServer {
    /// Host and port, for people.
    pub(crate) name: String,
    pub(crate) options: Options,
    /// Without a pooler in between.
    pub(crate) direct: Options,
    private: Option<private::Cluster>,
}

impl DatabaseServer {
    /// Starts the private PostgreSQL, or joins it where another process runs it already. A given database is left as it
    /// is, and need not answer.
    pub(crate) async fn start(database: &Database) -> Result<Self> {
        let mut server = Self::find(&database.location).await?;
        server.options.pool_size = database.pool_size;
        Ok(server)
    }

    async fn find(location: &DatabaseLocation) -> Result<Self> {
        match location {
            DatabaseLocation::Given { name, database, direct } => Ok(Self {
                name: name.clone(),
                options: Options::clone(database),
                direct: Options::clone(direct.as_ref().unwrap_or(database)),
                private: None,
            }),
            DatabaseLocation::Private(database) => {
                let cluster = private::start(database.clone()).await?;
                let options = Options::parse(cluster.url(), false)?;
                let name = format!("127.0.0.1:{} (private)", cluster.port());
                Ok(Self { name, direct: options.clone(), options, private: Some(cluster) })
            }
        }
    }

    /// Stops the private PostgreSQL unless other processes use it. All connections should be closed before.
    pub(crate) async fn stop(self) -> Result<()> {
        match self.private {
            Some(cluster) => private::stop(cluster).await,
            None => Ok(()),
        }
    }
}

#[cfg(feature = "embedded-db")]
mod private {
    use anyhow::{Context, Result};
    pub(super) use hexado_devdb::Cluster;
    use hexado_devdb::Options;
    use tokio::task::spawn_blocking;

    use super::PrivateDatabase;

    pub(super) async fn start(database: PrivateDatabase) -> Result<Cluster> {
        let PrivateDatabase { data_dir, bin_dir, download } = database;
        let options = Options { bin_dir, download, ..Options::new(data_dir) };
        spawn_blocking(move || Cluster::start(&options)).await?.context("the private PostgreSQL does not start")
    }

    pub(super) async fn stop(cluster: Cluster) -> Result<()> {
        spawn_blocking(move || cluster.stop()).await?.context("the private PostgreSQL does not stop")?;
        Ok(())
    }
}

#[cfg(not(feature = "embedded-db"))]
mod private {
    use std::convert::Infallible;

    use anyhow::{Result, bail};

    use super::PrivateDatabase;

    /// There is none in this build.
    pub(super) struct Cluster(Infallible);

    impl Cluster {
        pub(super) fn url(&self) -> &str {
            match self.0 {}
        }

        pub(super) fn port(&self) -> u16 {
            match self.0 {}
        }
    }

    pub(super) async fn start(_: PrivateDatabase) -> Result<Cluster> {
        bail!("this build cannot start a PostgreSQL of its own: set DATABASE_URL")
    }

    pub(super) async fn stop(cluster: Cluster) -> Result<()> {
        match cluster.0 {}
    }
}
