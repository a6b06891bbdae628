//! Bringing the tables up to date.
//!
//! Give these functions the options of a direct connection: a pooler between us and the server breaks the lock that keeps
//! several instances apart. They work on any runtime.

use std::collections::HashSet;
use std::time::Duration;

use diesel::dsl::sql;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use hexado_domain::error::StoreError;

use crate::connect::Connector;
use crate::error::Failure;
use crate::options::Options;
use crate::pooling;
use crate::statement::Statement;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// The advisory lock of whoever migrates: "hexado" in ASCII.
const LOCK: i64 = 0x6865_7861_646f;

/// How often it is looked whether another instance is done.
const POLL: Duration = Duration::from_millis(100);

/// Runs the migrations that are missing and returns their names. If another instance is at it, waits until that one is done.
///
/// [`StoreError::Unavailable`] when the database does not answer or another session holds a table: try again later.
pub async fn run(options: &Options) -> Result<Vec<String>, StoreError> {
    let conn = open(options).await?;
    let mut missing = missing_of(&conn).await?;
    if !missing.is_empty() {
        pooling::check_locks(options).await?;
    }
    while !missing.is_empty() {
        // Not `pg_advisory_lock`: who waits in it holds a snapshot that `CREATE INDEX CONCURRENTLY` would wait for.
        if try_lock(&conn).await? {
            let missing = missing_of(&conn).await?;
            with_harness(conn, |harness| harness.run_pending_migrations(MIGRATIONS).map(drop)).await?;
            return Ok(missing);
        }
        tokio::time::sleep(POLL).await;
        missing = missing_of(&conn).await?;
    }
    Ok(missing)
}

/// The names of the migrations that are missing. Changes nothing.
pub async fn pending(options: &Options) -> Result<Vec<String>, StoreError> {
    Ok(missing_of(&open(options).await?).await?)
}

/// The versions of migrations that ran and are none of ours: a newer Hexado's. Changes nothing.
pub async fn unknown(options: &Options) -> Result<Vec<String>, StoreError> {
    let applied = applied(&open(options).await?).await?;
    let ours: HashSet<_> = ours()?.iter().map(|migration| migration.name().version().to_string()).collect();
    let mut unknown: Vec<_> = applied.difference(&ours).cloned().collect();
    unknown.sort_unstable();
    Ok(unknown)
}

/// Undoes all migrations, the latest first. **Tasks are lost**; the table of users stays.
pub async fn revert_all(options: &Options) -> Result<(), StoreError> {
    let conn = open(options).await?;
    pooling::check_locks(options).await?;
    while !try_lock(&conn).await? {
        tokio::time::sleep(POLL).await;
    }
    Ok(with_harness(conn, |harness| harness.revert_all_migrations(MIGRATIONS).map(drop)).await?)
}

async fn open(options: &Options) -> Result<AsyncPgConnection, Failure> {
    let opening = Connector::for_migrations(options.clone());
    opening.open().await.map_err(|error| Failure::unavailable(error.to_string()))
}

async fn missing_of(conn: &AsyncPgConnection) -> Result<Vec<String>, Failure> {
    let applied = applied(conn).await?;
    let ours = ours()?;
    let missing = ours.iter().filter(|migration| !applied.contains(&migration.name().version().to_string()));
    Ok(missing.map(|migration| migration.name().to_string()).collect())
}

fn ours() -> Result<Vec<Box<dyn Migration<Pg>>>, Failure> {
    MigrationSource::<Pg>::migrations(&MIGRATIONS).map_err(Failure::Unexpected)
}

/// The versions that diesel noted. Its table is made by the first migration.
async fn applied(conn: &AsyncPgConnection) -> Result<HashSet<String>, Failure> {
    let exists = diesel::select(sql::<Bool>("to_regclass('__diesel_schema_migrations') IS NOT NULL"));
    let exists: Vec<bool> = exists.rows(conn).await?;
    if exists == [false] {
        return Ok(HashSet::new());
    }
    let versions = __diesel_schema_migrations::table.select(__diesel_schema_migrations::version);
    let versions: Vec<String> = versions.rows(conn).await?;
    Ok(versions.into_iter().collect())
}

async fn try_lock(conn: &AsyncPgConnection) -> Result<bool, Failure> {
    let locked: Vec<bool> = diesel::select(pg_try_advisory_lock(LOCK)).rows(conn).await?;
    Ok(locked == [true])
}

type Harness = AsyncMigrationHarness<AsyncPgConnection>;

/// Runs the harness, which blocks, where blocking is allowed. The connection ends with it, and so does the lock.
async fn with_harness(
    conn: AsyncPgConnection,
    work: impl FnOnce(&mut Harness) -> diesel::migration::Result<()> + Send + 'static,
) -> Result<(), Failure> {
    let done = tokio::task::spawn_blocking(move || work(&mut AsyncMigrationHarness::new(conn)));
    done.await.map_err(Failure::unexpected)?.map_err(Failure::from_migration)
}

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
        run_on -> Timestamp,
    }
}

#[diesel::declare_sql_function]
extern "SQL" {
    fn pg_try_advisory_lock(key: BigInt) -> Bool;
}
