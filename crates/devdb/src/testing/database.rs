use std::sync::Arc;

use super::sql::{Admin, run_apart};
use super::{Error, TestCluster};
use crate::random;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A database for one test, dropped when this is, whoever is still connected to it.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    url: String,
    cluster: Arc<TestCluster>,
}

impl TestDatabase {
    /// A clone of the template `template`.
    ///
    /// The first who asks for that template makes it: `prepare` gets the URL of an empty database and fills it,
    /// normally by running the migrations. It should change its name with what `prepare` does, as templates outlive a
    /// run.
    ///
    /// # Errors
    ///
    /// [`Error::Prepare`] if `prepare` fails, else an error of the cluster.
    pub async fn create<E: Into<BoxError>>(
        template: &str,
        prepare: impl AsyncFnOnce(&str) -> Result<(), E>,
    ) -> Result<Self, Error> {
        check_name(template)?;
        Self::create_in(&TestCluster::shared().await?, template, prepare).await
    }

    /// As [`TestDatabase::create`], in a cluster of the caller's.
    ///
    /// # Errors
    ///
    /// [`Error::Prepare`] if `prepare` fails, else an error of the cluster.
    pub async fn create_in<E: Into<BoxError>>(
        cluster: &Arc<TestCluster>,
        template: &str,
        prepare: impl AsyncFnOnce(&str) -> Result<(), E>,
    ) -> Result<Self, Error> {
        check_name(template)?;
        let admin = Admin::connect(cluster.url()).await?;
        let name = format!("t_{}", random::hex::<8>()?);
        let clone = format!("CREATE DATABASE {name} TEMPLATE tpl_{template}");
        match admin.run(&clone).await {
            Err(error) if error.is_missing_database() => {
                make_template(cluster, template, prepare).await?;
                admin.run(&clone).await?;
            }
            done => done?,
        }
        Ok(Self { url: cluster.url_of(&name), name, cluster: Arc::clone(cluster) })
    }

    /// The URL of the database, for the superuser.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Blocks for some ten milliseconds. It cannot be left to the background: the process may end with the test.
impl Drop for TestDatabase {
    fn drop(&mut self) {
        let dropped = run_apart(async || Admin::connect(self.cluster.url()).await?.drop_database(&self.name).await);
        if let Err(error) = dropped {
            tracing::warn!(name = self.name, %error, "cannot drop a test database");
        }
    }
}

/// Makes the template under another name and renames it when it is complete: one half made is never cloned.
async fn make_template<E: Into<BoxError>>(
    cluster: &TestCluster,
    template: &str,
    prepare: impl AsyncFnOnce(&str) -> Result<(), E>,
) -> Result<(), Error> {
    // Released with the connection, at the end of this function or of this process.
    let admin = Admin::connect(cluster.url()).await?;
    admin.run(&format!("SELECT pg_advisory_lock(hashtext('tpl_{template}'))")).await?;
    if !admin
        .names(&format!("SELECT datname::text FROM pg_database WHERE datname = 'tpl_{template}'"))
        .await?
        .is_empty()
    {
        return Ok(());
    }
    let new = format!("new_{}", random::hex::<8>()?);
    admin.run(&format!("CREATE DATABASE {new}")).await?;
    if let Err(error) = prepare(&cluster.url_of(&new)).await {
        admin.drop_database(&new).await?;
        return Err(Error::Prepare { template: template.to_owned(), source: error.into() });
    }
    // A template can be cloned only while nobody is connected to it, and pools close their connections late.
    admin.run(&format!("ALTER DATABASE {new} ALLOW_CONNECTIONS false")).await?;
    admin.run(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{new}'")).await?;
    admin.run(&format!("ALTER DATABASE {new} RENAME TO tpl_{template}")).await
}

/// Names go into SQL as they are, and Postgres cuts them off after 63 bytes.
fn check_name(template: &str) -> Result<(), Error> {
    let plain = template.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if plain && (1..=50).contains(&template.len()) { Ok(()) } else { Err(Error::TemplateName(template.to_owned())) }
}
