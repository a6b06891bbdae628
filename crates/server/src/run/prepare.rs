use std::time::Duration;

use anyhow::Result;
use hexado_domain::block::BlockService;
use hexado_domain::error::StoreError;
use hexado_domain::identity::{IdentityError, IdentityService, KeyService, NewAdmin};
use hexado_postgres::{Postgres, pooling};
use hexado_web::Readiness;
use tokio::time::sleep;

use super::first_admin;
use crate::config::Migrate;
use crate::wire::{self, DatabaseServer, schema};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What must be there before the server serves.
pub(super) struct Preparation<'a> {
    pub(super) database: &'a DatabaseServer,
    pub(super) postgres: &'a Postgres,
    pub(super) migrate: Migrate,
    pub(super) identity: &'a IdentityService,
    pub(super) blocks: &'a BlockService,
    /// `None` where nobody signs in here.
    pub(super) keys: Option<&'a KeyService>,
    pub(super) first_admin: Option<&'a NewAdmin>,
}

/// Sees to it that all of it is there, for as long as that takes, and lets the server serve then.
///
/// An error means that waiting is no use: a migration failed.
pub(super) async fn until_serving(preparation: &Preparation<'_>, readiness: &Readiness) -> Result<()> {
    let mut pause = FIRST_PAUSE;
    let mut last_said = None;
    while let Err(error) = prepare(preparation).await {
        if is_lasting(&error) {
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

async fn prepare(preparation: &Preparation<'_>) -> Result<()> {
    let Preparation { database, postgres, migrate, identity, blocks, keys, first_admin } = preparation;
    pooling::check_statements(&database.options).await?;
    schema::ensure(&database.direct, *migrate).await?;
    // So that the first request knows what roles permit, and who is blocked.
    identity.follow_changes().await?;
    blocks.follow().await?;
    if let Some(keys) = keys {
        keys.prepare().await?;
    }
    if let Some(admin) = first_admin {
        first_admin::ensure(&wire::admins(postgres)?, admin).await?;
    }
    Ok(())
}

/// Whether the same would happen again.
fn is_lasting(error: &anyhow::Error) -> bool {
    let store = match error.downcast_ref() {
        Some(IdentityError::Store(error)) => Some(error),
        _ => error.downcast_ref(),
    };
    matches!(store, Some(StoreError::Unexpected(_)))
}
