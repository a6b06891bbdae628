//! Whether the database serves.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use diesel::sql_types::Text;
use hexado_domain::error::StoreError;
use hexado_domain::health::Probe;
use tokio::time::Instant;

use crate::Postgres;
use crate::db::Db;
use crate::error::Failure;

/// [`Probe`] of a Postgres: it must answer, and accept writes.
pub struct PgProbe {
    db: Arc<Db>,
}

impl PgProbe {
    pub fn new(postgres: &Postgres) -> Self {
        Self { db: postgres.db() }
    }
}

#[diesel::declare_sql_function]
extern "SQL" {
    fn current_setting(name: Text) -> Text;
}

#[async_trait]
impl Probe for PgProbe {
    async fn round_trip(&self) -> Result<Duration, StoreError> {
        let start = Instant::now();
        let read_only: Vec<String> = self.db.read(&diesel::select(current_setting("transaction_read_only"))).await?;
        match read_only.first().map(String::as_str) {
            Some("off") => Ok(start.elapsed()),
            _ => Err(Failure::unavailable("the database accepts no writes").into()),
        }
    }
}
