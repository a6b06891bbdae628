//! What nobody needs any more.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Timestamptz};
use hexado_domain::error::StoreError;
use hexado_domain::housekeeping::{Housekeeping, Leftovers};

use crate::Postgres;
use crate::db::Db;

/// [`Housekeeping`] on Postgres.
pub struct PgHousekeeping {
    db: Arc<Db>,
}

impl PgHousekeeping {
    pub fn new(postgres: &Postgres) -> Self {
        Self { db: postgres.db() }
    }
}

#[async_trait]
impl Housekeeping for PgHousekeeping {
    async fn remove(&self, what: Leftovers, before: DateTime<Utc>, at_most: usize) -> Result<usize, StoreError> {
        let (table, condition) = place(what);
        let at_most = i64::try_from(at_most).unwrap_or(i64::MAX);
        let removed: Vec<i64> =
            self.db.write(&Remove { table, condition, before, at_most }, self.db.deadline()).await?;
        Ok(removed.first().and_then(|count| usize::try_from(*count).ok()).unwrap_or_default())
    }
}

/// The table, and which of its rows go: `$1` is the time before which theirs has come.
fn place(what: Leftovers) -> (&'static str, &'static str) {
    match what {
        Leftovers::Sessions => ("sessions", "expires_at < $1"),
        Leftovers::Verifications => ("verifications", "expires_at < $1"),
        Leftovers::IdempotencyKeys => ("idempotency_keys", "created_at < $1"),
        Leftovers::Changes => ("changes", "at < $1"),
        Leftovers::AuthChanges => ("auth_changes", "at < $1"),
        Leftovers::BuriedJobs => ("jobs", "buried_at < $1"),
        // Whoever makes a task of the category at this moment holds the row, or makes it anew.
        Leftovers::EmptyCategories => ("category_counters", "total = 0 AND $1 IS NOT NULL"),
    }
}

/// Removes rows that nobody has locked, and returns how many.
struct Remove {
    table: &'static str,
    condition: &'static str,
    before: DateTime<Utc>,
    at_most: i64,
}

/// One for each kind of leftovers, so that none stays prepared for ever: they run too seldom.
impl QueryId for Remove {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Remove {
    type SqlType = BigInt;
}

impl QueryFragment<Pg> for Remove {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        for part in ["WITH gone AS (DELETE FROM ", self.table, " WHERE ctid = ANY (ARRAY(SELECT ctid FROM ", self.table]
        {
            out.push_sql(part);
        }
        out.push_sql(" WHERE ");
        out.push_sql(self.condition);
        out.push_sql(" LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING 1) SELECT count(*) FROM gone");
        out.push_bind_param_value_only::<Timestamptz, _>(&self.before)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.at_most)
    }
}
