use std::io::{self, Write as _};

use anyhow::{Result, anyhow};
use clap::Subcommand;
use hexado_postgres::Postgres;

use super::block_on;
use crate::config::{self, MigrationConfig, Settings};
use crate::telemetry::{self, Output};
use crate::wire::{DatabaseServer, audit_log};

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Walk along the chain of the audit log, and name the first record that was altered or is missing
    Verify,
}

pub(super) fn execute(command: &AuditCommand) -> Result<()> {
    let config = config::read(&Settings::load()?, MigrationConfig::read)?.value;
    let _telemetry = telemetry::start(&config.logs, Output::Result)?;
    block_on(async {
        let database = DatabaseServer::start(&config.database).await?;
        let done = match command {
            AuditCommand::Verify => verify(&database).await,
        };
        database.stop().await?;
        done
    })
}

/// Prints the end of the chain: kept elsewhere, it also shows whether somebody made the whole chain anew.
async fn verify(database: &DatabaseServer) -> Result<()> {
    let postgres = Postgres::connect(database.options.clone());
    let found = audit_log(&postgres).walk().await?;
    match found.broken {
        Some(broken) => Err(anyhow!("{broken}; the chain holds up to {}", found.head)),
        None => Ok(writeln!(io::stdout(), "the audit log is intact up to {}", found.head)?),
    }
}
