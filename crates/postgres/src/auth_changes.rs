//! Which users changed in what they may do.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use diesel::dsl::{IntervalDsl, now};
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use hexado_domain::error::StoreError;
use hexado_domain::id::UserId;
use hexado_domain::identity::AuthChanges;

use crate::Postgres;
use crate::db::Db;
use crate::schema::auth_changes;

/// [`AuthChanges`] on Postgres. Triggers write the table, so that it has the changes of every writer.
pub struct PgAuthChanges {
    db: Arc<Db>,
}

impl PgAuthChanges {
    pub fn new(postgres: &Postgres) -> Self {
        Self { db: postgres.db() }
    }
}

#[async_trait]
impl AuthChanges for PgAuthChanges {
    async fn within(&self, age: TimeDelta) -> Result<Vec<UserId>, StoreError> {
        let seconds = i32::try_from(age.num_seconds()).unwrap_or(i32::MAX);
        let changed = auth_changes::table
            .filter(auth_changes::at.gt(now.into_sql::<Timestamptz>() - seconds.seconds()))
            .select(auth_changes::user_id)
            .distinct();
        let rows: Vec<String> = self.db.read(&changed).await?;
        Ok(rows.into_iter().map(UserId::from_stored).collect())
    }
}
