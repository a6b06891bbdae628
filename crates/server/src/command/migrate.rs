use anyhow::Result;
use clap::Args;

use super::block_on;
use crate::config::{self, MigrationConfig, Settings};
use crate::telemetry::{self, Output};
use crate::wire::{DatabaseServer, schema};

#[derive(Debug, Args)]
pub(super) struct MigrateArgs {
    /// Undo every migration instead, with all data
    #[arg(long)]
    revert_all: bool,
}

/// Brings the tables up to date, or removes them.
pub(super) fn execute(args: &MigrateArgs) -> Result<()> {
    let config = config::read(&Settings::load()?, MigrationConfig::read)?.value;
    let _telemetry = telemetry::start(&config.logs, Output::Result)?;
    block_on(async {
        let database = DatabaseServer::start(&config.database).await?;
        let migrated = if args.revert_all {
            schema::revert_all(&database.direct).await
        } else {
            schema::migrate(&database.direct).await
        };
        database.stop().await?;
        migrated
    })
}
