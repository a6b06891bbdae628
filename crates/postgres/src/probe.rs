//! Whether the database serves.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use hexado_domain::error::StoreError;
use hexado_domain::health::Probe;
use tokio::time::Instant;

use crate::Postgres;
use crate::db::Db;
use crate::schema::tasks;

/// [`Probe`] of a Postgres: it must answer, let us use the table of tasks, and accept writes.
pub struct PgProbe {
    db: Arc<Db>,
}

impl PgProbe {
    pub fn new(postgres: &Postgres) -> Self {
        Self { db: postgres.db() }
    }
}

#[async_trait]
impl Probe for PgProbe {
    async fn round_trip(&self) -> Result<Duration, StoreError> {
        let start = Instant::now();
        // It reads nothing, but it needs what every request needs: a connection, and a table that nobody has locked. And
        // because it could lock rows, it is refused where nothing may be written. Not on a lane: it may have to wait.
        let nothing = tasks::table.select(tasks::id).filter(false.into_sql::<Bool>()).for_update();
        let _: Vec<i64> = self.db.search(&nothing).await?;
        Ok(start.elapsed())
    }
}
