use anyhow::Result;
use secrecy::SecretString;

use crate::config::{DatabaseLocation, PrivateDatabase};

/// Where the database is, and the PostgreSQL that was started for it, if it is a private one.
pub(crate) struct DatabaseServer {
    pub(crate) url: SecretString,
    /// Without a pooler in between.
    pub(crate) direct_url: SecretString,
    private: Option<private::Cluster>,
}

impl DatabaseServer {
    /// Starts the private PostgreSQL, or joins it where another process runs it already; a given database is left as it is.
    pub(crate) async fn start(location: DatabaseLocation) -> Result<Self> {
        match location {
            DatabaseLocation::Given { url, direct_url } => Ok(Self { url, direct_url, private: None }),
            DatabaseLocation::Private(database) => {
                let cluster = private::start(database).await?;
                let url = SecretString::from(cluster.url());
                Ok(Self { direct_url: url.clone(), url, private: Some(cluster) })
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
    use anyhow::{Result, bail};

    use super::PrivateDatabase;

    /// There is none in this build.
    pub(super) enum Cluster {}

    impl Cluster {
        pub(super) fn url(&self) -> &str {
            match *self {}
        }
    }

    pub(super) async fn start(_: PrivateDatabase) -> Result<Cluster> {
        bail!("this build cannot start a PostgreSQL of its own: set DATABASE_URL")
    }

    pub(super) async fn stop(cluster: Cluster) -> Result<()> {
        match cluster {}
    }
}
