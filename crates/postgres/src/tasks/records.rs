//! Records of attempts: the statements.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{BigInt, Binary, Interval, Jsonb, Nullable, Text};
use hexado_domain::idempotency::{Attempt, RETENTION, Recorded};
use hexado_domain::task::share::{Share, Sharing};
use hexado_domain::task::{Task, TaskOutcome, WriteTarget};
use serde::Serialize;
use serde_json::Value;

use super::row::{OutcomeJson, TaskColumns, TaskRow};
use super::shares::ShareRow;
use crate::error::Failure;
use crate::statement::prepared_once;

/// The rule by which a key is recorded once.
pub(super) const KEY_CONSTRAINT: &str = "idempotency_keys_pkey";

/// Fingerprint and outcome of a request.
pub(super) type RecordRow = (Vec<u8>, Value);
type RecordColumns = (Binary, Jsonb);

/// What the row says, in the domain's words.
pub(super) fn recorded((hash, outcome): RecordRow) -> Result<Recorded<TaskOutcome>, Failure> {
    let fingerprint =
        hash.try_into().map_err(|_| Failure::unexpected("a recorded fingerprint is not 32 bytes long"))?;
    let outcome: OutcomeJson = serde_json::from_value(outcome).map_err(Failure::unexpected)?;
    Ok(Recorded { fingerprint, outcome: outcome.try_into()? })
}

/// A task with whom it is shared, and what an earlier sending of the attempt led to; each may be missing.
pub(super) struct FindForWrite<'a> {
    id: i64,
    user: &'a str,
    caller: Option<&'a str>,
    key: Option<&'a str>,
}

impl<'a> FindForWrite<'a> {
    pub(super) fn of(id: i64, user: &'a str, attempt: Option<&'a Attempt>) -> Self {
        let (caller, key) =
            (attempt.map(|attempt| attempt.caller.as_str()), attempt.map(|attempt| attempt.key.as_str()));
        Self { id, user, caller, key }
    }
}

/// The task, the revision of its sharing, its shares if it ever had some, and the record.
pub(super) type TargetRow = (Option<TaskRow>, Option<i64>, Option<Value>, Option<RecordRow>);

prepared_once!(FindForWrite -> (Nullable<TaskColumns>, Nullable<BigInt>, Nullable<Jsonb>, Nullable<RecordColumns>));

/// What the row says, in the domain's words.
pub(super) fn target((task, revision, shares, record): TargetRow) -> Result<WriteTarget, Failure> {
    let shares: Vec<ShareRow> =
        shares.map(serde_json::from_value).transpose().map_err(Failure::unexpected)?.unwrap_or_default();
    let shares = shares.into_iter().map(Share::try_from).collect::<Result<_, _>>()?;
    Ok(WriteTarget {
        task: task.map(Task::try_from).transpose()?,
        sharing: Sharing { revision: revision.unwrap_or_default(), shares },
        recorded: record.map(recorded).transpose()?,
    })
}

impl QueryFragment<Pg> for FindForWrite<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("../sql/find_for_write.sql"));
        out.push_bind_param_value_only::<BigInt, _>(&self.id)?;
        out.push_bind_param_value_only::<Text, _>(self.user)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.caller)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.key)?;
        out.push_bind_param_value_only::<Interval, _>(&RETENTION)
    }
}

/// An attempt beside the fields of what it writes.
#[derive(Debug, Serialize)]
pub(super) struct AttemptJson<'a> {
    caller: &'a str,
    key: &'a str,
    /// As Postgres reads bytes.
    request_hash: String,
}

impl<'a> AttemptJson<'a> {
    pub(super) fn of(Attempt { caller, key, fingerprint }: &'a Attempt) -> Self {
        let digits = fingerprint.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        Self { caller: caller.as_str(), key: key.as_str(), request_hash: format!("\\x{digits}") }
    }
}

/// What an earlier sending of the attempt led to.
pub(super) struct FindRecord<'a>(pub(super) &'a Attempt);

prepared_once!(FindRecord -> RecordColumns);

impl QueryFragment<Pg> for FindRecord<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("../sql/find_record.sql"));
        push_key(&mut out, self.0)
    }
}

/// Deletes the record of an attempt, and returns its key, if it is too old to count.
pub(super) struct ForgetExpired<'a>(pub(super) &'a Attempt);

prepared_once!(ForgetExpired -> Text);

impl QueryFragment<Pg> for ForgetExpired<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("../sql/forget_expired.sql"));
        push_key(&mut out, self.0)
    }
}

/// Records an attempt and returns its key.
pub(super) struct Record<'a> {
    attempt: &'a Attempt,
    outcome: Value,
}

impl<'a> Record<'a> {
    pub(super) fn of(attempt: &'a Attempt, outcome: &TaskOutcome) -> Result<Self, Failure> {
        let outcome = serde_json::to_value(OutcomeJson::from(outcome)).map_err(Failure::unexpected)?;
        Ok(Self { attempt, outcome })
    }

    /// A record of nothing, to see whether one could be made.
    pub(super) fn trial(attempt: &'a Attempt) -> Self {
        Self { attempt, outcome: Value::Null }
    }
}

prepared_once!(Record -> Text);

impl QueryFragment<Pg> for Record<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("../sql/record.sql"));
        out.push_bind_param_value_only::<Text, _>(self.attempt.caller.as_str())?;
        out.push_bind_param_value_only::<Text, _>(self.attempt.key.as_str())?;
        out.push_bind_param_value_only::<Binary, _>(self.attempt.fingerprint.as_slice())?;
        out.push_bind_param_value_only::<Jsonb, _>(&self.outcome)
    }
}

fn push_key<'b>(out: &mut AstPass<'_, 'b, Pg>, attempt: &'b Attempt) -> QueryResult<()> {
    out.push_bind_param_value_only::<Text, _>(attempt.caller.as_str())?;
    out.push_bind_param_value_only::<Text, _>(attempt.key.as_str())?;
    out.push_bind_param_value_only::<Interval, _>(&RETENTION)
}
