//! A migrated database a test, the stores on it, and a second way in.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hexado_devdb::testing::TestDatabase;
use hexado_domain::error::StoreError;
use hexado_domain::id::UserId;
use hexado_domain::identity::UserStore;
use hexado_domain::task::TaskService;
use hexado_domain::task::share::ShareService;
use hexado_domain::testing::FixedClock;
use hexado_domain::testing::fixtures::{new_user, noon, user_id};
use hexado_postgres::{Options, PgTaskStore, PgUserStore, Postgres, migrate};
use tokio_postgres::{Client, NoTls};

/// How many sessions of the database wait for a lock.
pub(crate) const BLOCKED: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

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
        Self::on(migrated().await, adapt).await
    }

    /// On a migrated database that was prepared further.
    pub(crate) async fn on(database: TestDatabase, adapt: impl FnOnce(&mut Options)) -> Self {
        let mut options = options(database.url());
        adapt(&mut options);
        let postgres = Postgres::connect(options);
        let (tasks, admin) = (Arc::new(PgTaskStore::new(&postgres)), connect(database.url()).await);
        let bench = Self { postgres, tasks, ann: user_id("ann"), admin, database };
        bench.register(&["ann", "bob"]).await;
        bench
    }

    /// One number.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        self.admin.query_one(sql, &[]).await.unwrap().get(0)
    }

    /// As [`until`].
    pub(crate) async fn until(&self, sql: &str, expected: i64) {
        until(&self.admin, sql, expected).await;
    }

    /// Fails unless the counters and the change log of a user say the same as their tasks.
    pub(crate) async fn assert_consistent(&self, user: &UserId) {
        let rows = self.admin.query(include_str!("inconsistencies.sql"), &[&user.as_str()]).await.unwrap();
        let found: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        assert!(found.is_empty(), "{found:#?}");
    }

    /// The use cases, at a time that only the test moves.
    pub(crate) fn service(&self) -> (TaskService, Arc<FixedClock>) {
        let clock = Arc::new(FixedClock::at(noon()));
        (TaskService::new(self.tasks.clone(), clock.clone()), clock)
    }

    /// The use cases of shares, at noon.
    pub(crate) fn share_service(&self) -> ShareService {
        let (users, clock) = (Arc::new(PgUserStore::new(&self.postgres)), Arc::new(FixedClock::at(noon())));
        ShareService::new(self.tasks.clone(), self.tasks.clone(), users, clock)
    }

    /// Users with these ids.
    pub(crate) async fn register(&self, ids: &[&str]) {
        let users = PgUserStore::new(&self.postgres);
        for id in ids {
            users.register(&new_user(id)).await.unwrap();
        }
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

/// Waits until a question to the database has this number as its answer.
pub(crate) async fn until(client: &Client, sql: &str, expected: i64) {
    let mut number = None;
    for _ in 0..1000 {
        number = Some(client.query_one(sql, &[]).await.unwrap().get::<_, i64>(0));
        if number == Some(expected) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{sql}: {number:?}, and never {expected}");
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
