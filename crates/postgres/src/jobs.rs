//! Jobs that wait to be done.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, BigInt, Integer, Jsonb, Text, Timestamptz};
use hexado_domain::error::StoreError;
use hexado_domain::job::{Claim, ClaimedJob, Job, JobId, JobQueue, NewJob};
use serde_json::{Value, json};

use crate::Postgres;
use crate::db::Db;
use crate::error::Failure;
use crate::schema::jobs;
use crate::statement::prepared_once;

/// [`JobQueue`] on Postgres. A claim is a time in the row, not a lock: no transaction is open while a job is done.
pub struct PgJobQueue {
    db: Arc<Db>,
}

impl PgJobQueue {
    pub fn new(postgres: &Postgres) -> Self {
        Self { db: postgres.db() }
    }
}

#[async_trait]
impl JobQueue for PgJobQueue {
    async fn claim(&self, now: DateTime<Utc>, lease: TimeDelta) -> Result<Option<ClaimedJob>, StoreError> {
        let claim = ClaimJob { now: &now, until: now + lease };
        let claimed: Vec<ClaimedRow> = self.db.write(&claim, self.db.deadline()).await?;
        let Some((id, kind, payload, attempts)) = claimed.into_iter().next() else { return Ok(None) };
        let claim = Claim { id: JobId::from_stored(id), attempt: u32::try_from(attempts).unwrap_or_default() };
        match serde_json::from_value(json!({ "kind": kind, "payload": payload })) {
            Ok(job) => Ok(Some(ClaimedJob { claim, job })),
            Err(error) => {
                self.bury(claim, now, &format!("it cannot be read: {error}")).await?;
                Err(Failure::unexpected(format!("job {id} cannot be read and is given up: {error}")).into())
            }
        }
    }

    async fn finish(&self, claim: Claim) -> Result<(), StoreError> {
        let finish = diesel::delete(jobs::table.find(claim.id.get())).returning(jobs::id);
        let _: Vec<i64> = self.db.write(&finish, self.db.deadline()).await?;
        Ok(())
    }

    async fn retry(&self, claim: Claim, not_before: DateTime<Utc>, error: &str) -> Result<(), StoreError> {
        let retry = diesel::update(jobs::table.filter(holds(claim)))
            .set((jobs::not_before.eq(not_before), jobs::last_error.eq(error)))
            .returning(jobs::id);
        let _: Vec<i64> = self.db.write(&retry, self.db.deadline()).await?;
        Ok(())
    }

    async fn bury(&self, claim: Claim, at: DateTime<Utc>, error: &str) -> Result<(), StoreError> {
        let bury = diesel::update(jobs::table.filter(holds(claim)))
            .set((jobs::buried_at.eq(at), jobs::last_error.eq(error)))
            .returning(jobs::id);
        let _: Vec<i64> = self.db.write(&bury, self.db.deadline()).await?;
        Ok(())
    }
}

/// The job of a claim that has not ended.
#[diesel::dsl::auto_type(no_type_alias)]
fn holds(claim: Claim) -> _ {
    let id: i64 = claim.id.get();
    let attempts: i32 = i32::try_from(claim.attempt).unwrap_or(i32::MAX);
    jobs::id.eq(id).and(jobs::attempts.eq(attempts)).and(jobs::buried_at.is_null())
}

/// New jobs as columns, for statements that queue them with what else they write.
pub(crate) struct NewJobs {
    kinds: Vec<&'static str>,
    payloads: Vec<Value>,
    not_before: Vec<DateTime<Utc>>,
}

impl NewJobs {
    pub(crate) fn of(jobs: &[NewJob]) -> Self {
        Self {
            kinds: jobs.iter().map(|new| new.job.kind()).collect(),
            payloads: jobs.iter().map(|new| payload(&new.job)).collect(),
            not_before: jobs.iter().map(|new| new.not_before).collect(),
        }
    }

    /// Pushes three arrays: kinds, payloads and times.
    pub(crate) fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param_value_only::<Array<Text>, _>(&self.kinds)?;
        out.push_bind_param_value_only::<Array<Jsonb>, _>(&self.payloads)?;
        out.push_bind_param_value_only::<Array<Timestamptz>, _>(&self.not_before)
    }
}

/// What the job's JSON has beside its kind.
fn payload(job: &Job) -> Value {
    match serde_json::to_value(job) {
        Ok(Value::Object(mut members)) => members.remove("payload").unwrap_or_default(),
        other => unreachable!("a job is a JSON object with a kind: {other:?}"),
    }
}

/// Queues jobs; returns their ids.
pub(crate) struct Enqueue<'a>(pub(crate) &'a NewJobs);

prepared_once!(Enqueue -> BigInt);

impl QueryFragment<Pg> for Enqueue<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("sql/enqueue_jobs.sql"));
        self.0.push_binds(&mut out)
    }
}

/// Id, kind, payload, and how often it was claimed.
type ClaimedRow = (i64, String, Value, i32);

struct ClaimJob<'a> {
    now: &'a DateTime<Utc>,
    until: DateTime<Utc>,
}

prepared_once!(ClaimJob -> (BigInt, Text, Jsonb, Integer));

impl QueryFragment<Pg> for ClaimJob<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("sql/claim_job.sql"));
        out.push_bind_param_value_only::<Timestamptz, _>(self.now)?;
        out.push_bind_param_value_only::<Timestamptz, _>(&self.until)?;
        out.push_bind_param_value_only::<Array<Text>, _>(Job::KINDS)
    }
}

#[cfg(test)]
mod tests;
