use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::Error;
use super::sql::{Admin, run_apart};
use crate::options::short_hash;
use crate::{Cluster, Options, cache};

/// How many templates are kept: one a crate that tests, and those of other branches.
const TEMPLATES_KEPT: u32 = 16;

/// The one that this process uses right now.
///
/// Weak, because a static is never dropped: the last test to end must stop the cluster.
static SHARED: Mutex<Weak<TestCluster>> = Mutex::new(Weak::new());

/// The cluster of all tests of this workspace, shared with the other test processes of this user.
#[derive(Debug)]
pub struct TestCluster {
    cluster: Cluster,
}

impl TestCluster {
    /// The running cluster, or a new one.
    ///
    /// Hold on to it for the whole of a test run to keep the cluster from stopping and starting between tests.
    ///
    /// # Errors
    ///
    /// As [`Cluster::start`].
    pub async fn shared() -> Result<Arc<Self>, Error> {
        tokio::task::spawn_blocking(Self::shared_blocking).await.unwrap_or(Err(Error::Panicked))
    }

    /// As [`TestCluster::shared`], for callers without a runtime. Blocks until the cluster is up.
    ///
    /// # Errors
    ///
    /// As [`Cluster::start`].
    pub fn shared_blocking() -> Result<Arc<Self>, Error> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = shared.upgrade() {
            return Ok(running);
        }
        let started = Arc::new(Self::start(&Options::new(test_folder()?.join("shared")))?);
        *shared = Arc::downgrade(&started);
        Ok(started)
    }

    /// A cluster for tests by `options`, whatever they say about durability. Blocks until it is up.
    ///
    /// # Errors
    ///
    /// As [`Cluster::start`].
    pub fn start(options: &Options) -> Result<Self, Error> {
        let options = Options { durable: false, ..options.clone() };
        let cluster = Cluster::start_then(&options, |url| run_apart(|| sweep(url)))?;
        Ok(Self { cluster })
    }

    /// The URL of the database `postgres`, for the superuser.
    pub fn url(&self) -> &str {
        self.cluster.url()
    }

    pub(super) fn url_of(&self, database: &str) -> String {
        self.url().replace("/postgres?", &format!("/{database}?"))
    }
}

/// Where the clusters of this workspace's tests are: in the cache folder, because nothing in them is worth keeping,
/// and not in the temporary folder, which some systems clear of old files while younger ones beside them stay.
pub(super) fn test_folder() -> Result<PathBuf, crate::Error> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Ok(cache::folder()?.join("tests").join(short_hash(&workspace)))
}

/// Drops what killed runs have left and what nobody is likely to need again. Nobody else uses the cluster.
async fn sweep(url: &str) -> Result<(), Error> {
    let admin = Admin::connect(url).await?;
    let left = r"SELECT datname::text FROM pg_database WHERE datname LIKE 't\_%' OR datname LIKE 'new\_%'";
    let old = format!(
        r"SELECT datname::text FROM pg_database WHERE datname LIKE 'tpl\_%' ORDER BY oid DESC OFFSET {TEMPLATES_KEPT}"
    );
    for sql in [left, &old] {
        for name in admin.names(sql).await? {
            tracing::info!(name, "dropping a test database that was left behind");
            admin.drop_database(&name).await?;
        }
    }
    Ok(())
}
