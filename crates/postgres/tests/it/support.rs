//! A migrated database a test, the stores on it, and a second way in.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::Arc;

use hexado_devdb::testing::TestDatabase;
use hexado_domain::error::StoreError;
use hexado_domain::id::UserId;
use hexado_domain::identity::UserStore;
use hexado_domain::testing::fixtures::{new_user, user_id};
use hexado_postgres::{Options, PgTaskStore, PgUserStore, Postgres, migrate};
use tokio_postgres::{Client, NoTls};

/// A database with the tables and two users, `ann` and `bob`, who have no tasks.
pub(crate) struct Bench {
    pub(crate) postgres: Postgres,
    pub(crate) tasks: Arc<PgTaskStore>,
    pub(crate) ann: UserId,
    /// A superuser's connection that is not Hexado's.
    pub(crate) admin: Client,
    pub(crate) database: TestDatabase,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// With other options than the usual ones.
    pub(crate) async fn with(adapt: impl FnOnce(&mut Options)) -> Self {
        let database = migrated().await;
        let mut options = options(database.url());
        adapt(&mut options);
        let postgres = Postgres::connect(options);
        let users = PgUserStore::new(&postgres);
        for id in ["ann", "bob"] {
            users.register(&new_user(id)).await.unwrap();
        }
        let (tasks, admin) = (Arc::new(PgTaskStore::new(&postgres)), connect(database.url()).await);
        Self { postgres, tasks, ann: user_id("ann"), admin, database }
    }

    /// One number.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        self.admin.query_one(sql, &[]).await.unwrap().get(0)
    }

    pub(crate) async fn execute(&self, sql: &str) {
        self.admin.batch_execute(sql).await.unwrap();
    }
}

pub(crate) async fn migrated() -> TestDatabase {
    let migrations = async |url: &str| migrate::run(&options(url)).await.map(drop);
    TestDatabase::create(&template(), migrations).await.unwrap()
}

pub(crate) async fn empty() -> TestDatabase {
    TestDatabase::create("hexado_empty", async |_: &str| Ok::<_, StoreError>(())).await.unwrap()
}

pub(crate) fn options(url: &str) -> Options {
    Options::parse(url, false).unwrap()
}

pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Another name whenever a migration changes: templates outlive a run.
fn template() -> String {
    let mut hasher = DefaultHasher::new();
    migration_files().hash(&mut hasher);
    format!("hexado_{:016x}", hasher.finish())
}

/// The text of each migration, by its path.
pub(crate) fn migration_files() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut files = BTreeMap::new();
    for migration in fs::read_dir(folder).unwrap() {
        let migration = migration.unwrap().path();
        for file in ["up.sql", "down.sql"] {
            let path = migration.join(file);
            files.insert(path.display().to_string(), fs::read_to_string(path).unwrap());
        }
    }
    files
}
