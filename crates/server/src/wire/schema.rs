//! The tables, as the server finds and leaves them.

use anyhow::{Result, ensure};
use hexado_postgres::{Options, migrate as migrations};

use crate::config::Migrate;

/// Does about the tables what the configuration says, and fails if they are not as they must be then.
pub(crate) async fn ensure(database: &Options, how: Migrate) -> Result<()> {
    match how {
        Migrate::Auto => migrate(database).await,
        Migrate::Check => {
            let missing = migrations::pending(database).await?;
            ensure!(missing.is_empty(), "these migrations are missing, run `hexado migrate`: {}", missing.join(", "));
            Ok(())
        }
        Migrate::Off => Ok(()),
    }
}

/// Runs the migrations that are missing.
pub(crate) async fn migrate(database: &Options) -> Result<()> {
    let migrated = migrations::run(database).await?;
    if !migrated.is_empty() {
        tracing::info!(migrations = migrated.join(", "), "migrated");
    }
    Ok(())
}

/// Undoes all migrations. Tasks are lost.
pub(crate) async fn revert_all(database: &Options) -> Result<()> {
    Ok(migrations::revert_all(database).await?)
}
