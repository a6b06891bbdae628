use std::time::Duration;

use anyhow::Result;
use hexado_domain::error::StoreError;
use hexado_domain::identity::{IdentityService, KeyService};
use hexado_postgres::pooling;
use hexado_web::Readiness;
use tokio::time::sleep;

use crate::config::Migrate;
use crate::wire::{DatabaseServer, schema};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Sees to it that the tables are there, for as long as that takes, and lets the server serve then.
///
/// An error means that waiting is no use: a migration failed.
pub(super) async fn until_serving(
    database: &DatabaseServer,
    migrate: Migrate,
    identity: &IdentityService,
    keys: Option<&KeyService>,
    readiness: &Readiness,
) -> Result<()> {
    let mut pause = FIRST_PAUSE;
    let mut last_said = None;
    while let Err(error) = prepare(database, migrate, identity, keys).await {
        if matches!(error.downcast_ref(), Some(StoreError::Unexpected(_))) {
            return Err(error.context("the database cannot be prepared"));
        }
        // Once for each reason, not once for each attempt.
        let reason = format!("{error:#}");
        if last_said.as_ref() != Some(&reason) {
            tracing::warn!(reason, "not serving yet");
            last_said = Some(reason);
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    readiness.serving();
    tracing::info!("serving");
    Ok(())
}

async fn prepare(
    database: &DatabaseServer,
    migrate: Migrate,
    identity: &IdentityService,
    keys: Option<&KeyService>,
) -> Result<()> {
    pooling::check_statements(&database.options).await?;
    schema::ensure(&database.direct, migrate).await?;
    // So that the first request knows what roles permit.
    identity.follow_changes().await?;
    if let Some(keys) = keys {
        keys.prepare().await?;
    }
    Ok(())
}
