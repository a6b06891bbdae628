use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{BigInt, Json, Nullable, SmallInt, Text, Timestamptz};
use hexado_domain::idempotency::Attempt;
use hexado_domain::task::{Category, Description, DueAt, Priority, TaskChange};
use serde::Serialize;
use tokio::time::Instant;

use super::deltas::Deltas;
use super::records::AttemptJson;
use super::row::{COLUMNS, TaskColumns, TaskRow};
use super::told::Told;
use super::write::{Keyed, SAVED, Unkeyed, Write, push_end};
use crate::batch::Batched;
use crate::db::Db;
use crate::error::Failure;
use crate::statement::{AsJson, prepared_once};

/// A changed task that is not shared, with the attempt to be recorded.
pub(super) struct Update {
    change: TaskChange,
    attempt: Option<Attempt>,
}

impl Update {
    pub(super) fn of(change: &TaskChange, attempt: Option<&Attempt>) -> Self {
        Self { change: change.clone(), attempt: attempt.cloned() }
    }
}

impl Batched for Update {
    type Row = TaskRow;

    fn owner(&self) -> &str {
        self.change.task.user_id.as_str()
    }

    fn owner_of(row: &TaskRow) -> &str {
        row.user_id()
    }

    /// One by itself is cheaper than a batch of one.
    async fn store(db: &Db, writes: &[&Self], deadline: Instant) -> Result<Vec<TaskRow>, Failure> {
        let [Self { change, attempt }] = writes else {
            let updates = writes.iter().map(|write| NewVersion::of(write)).collect();
            return db.write(&UpdateTasks(AsJson(updates)), deadline).await;
        };
        let update = UpdateTask::of(change);
        match (change.counters.is_zero(), attempt) {
            (true, None) => db.write(&Unkeyed(&UncountedUpdate(update)), deadline).await,
            (true, Some(attempt)) => db.write(&Keyed(&UncountedUpdate(update), attempt), deadline).await,
            (false, None) => db.write(&Unkeyed(&update), deadline).await,
            (false, Some(attempt)) => db.write(&Keyed(&update, attempt), deadline).await,
        }
    }
}

/// Stores changed tasks, each of another owner, as [`UpdateTask`] does one.
struct UpdateTasks<'a>(AsJson<Vec<NewVersion<'a>>>);

prepared_once!(UpdateTasks -> TaskColumns);

impl QueryFragment<Pg> for UpdateTasks<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(concat!(
            include_str!("../sql/many_updates.sql"),
            "), t AS (",
            include_str!("../sql/update_task.sql"),
            ")",
            include_str!("../sql/count_update.sql"),
            include_str!("../sql/log_update.sql"),
            include_str!("../sql/record_attempts.sql"),
        ));
        push_end(&mut out, COLUMNS);
        out.push_bind_param_value_only::<Json, _>(&self.0)
    }
}

#[derive(Debug, Serialize)]
struct NewVersion<'a> {
    #[serde(flatten)]
    update: UpdateTask<'a>,
    #[serde(flatten)]
    attempt: Option<AttemptJson<'a>>,
}

impl<'a> NewVersion<'a> {
    fn of(Update { change, attempt }: &'a Update) -> Self {
        Self { update: UpdateTask::of(change), attempt: attempt.as_ref().map(AttemptJson::of) }
    }
}

/// Stores a changed task in place of the version it was made from; no row when that version is gone.
#[derive(Debug, Serialize)]
pub(super) struct UpdateTask<'a> {
    id: i64,
    user_id: &'a str,
    made_from: i64,
    title: &'a str,
    title_key: String,
    description: Option<&'a str>,
    category: Option<&'a str>,
    priority: Option<i16>,
    due_at: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
    version: i64,
    updated_at: DateTime<Utc>,
    kind: &'static str,
    #[serde(flatten)]
    deltas: Deltas<'a>,
    sharing: i64,
}

impl<'a> UpdateTask<'a> {
    pub(super) fn of(change: &'a TaskChange) -> Self {
        let task = &change.task;
        Self {
            id: task.id.get(),
            user_id: task.user_id.as_str(),
            made_from: change.made_from().get(),
            title: task.title.as_str(),
            title_key: task.title.sort_key(),
            description: task.description.as_ref().map(Description::as_str),
            category: task.category.as_ref().map(Category::as_str),
            priority: task.priority.map(Priority::number),
            due_at: task.due_at.map(DueAt::get),
            completed_at: task.completed_at,
            version: task.version.get(),
            updated_at: task.updated_at,
            kind: change.event.as_str(),
            deltas: Deltas::of(&change.counters),
            sharing: change.sharing.revision,
        }
    }

    /// `$1` to `$14`.
    fn push_task<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param_value_only::<BigInt, _>(&self.id)?;
        out.push_bind_param_value_only::<Text, _>(self.user_id)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.made_from)?;
        out.push_bind_param_value_only::<Text, _>(self.title)?;
        out.push_bind_param_value_only::<Text, _>(&self.title_key)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.description)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.category)?;
        out.push_bind_param_value_only::<Nullable<SmallInt>, _>(&self.priority)?;
        out.push_bind_param_value_only::<Nullable<Timestamptz>, _>(&self.due_at)?;
        out.push_bind_param_value_only::<Nullable<Timestamptz>, _>(&self.completed_at)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.version)?;
        out.push_bind_param_value_only::<Timestamptz, _>(&self.updated_at)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.sharing)?;
        out.push_bind_param_value_only::<Text, _>(self.kind)
    }
}

impl Write for UpdateTask<'_> {
    type Name = UpdateTask<'static>;
    type Columns = TaskColumns;
    const SQL: &'static str = concat!(
        include_str!("../sql/one_update.sql"),
        include_str!("../sql/one_delta.sql"),
        "), t AS (",
        include_str!("../sql/update_task.sql"),
        ")",
        include_str!("../sql/count_update.sql"),
        include_str!("../sql/log_update.sql"),
    );
    const OUTCOME: &'static str = SAVED;
    const SELECT: &'static str = COLUMNS;

    fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.push_task(out)?;
        self.deltas.push_binds(out)
    }
}

/// An update that moves no counters. Leaving them out saves PostgreSQL a quarter of its work.
struct UncountedUpdate<'a>(UpdateTask<'a>);

impl Write for UncountedUpdate<'_> {
    type Name = UncountedUpdate<'static>;
    type Columns = TaskColumns;
    const SQL: &'static str = concat!(
        include_str!("../sql/one_update.sql"),
        "), t AS (",
        include_str!("../sql/update_task.sql"),
        ")",
        include_str!("../sql/count_nothing.sql"),
        include_str!("../sql/log_update.sql"),
    );
    const OUTCOME: &'static str = SAVED;
    const SELECT: &'static str = COLUMNS;

    fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.push_task(out)
    }
}

impl Write for Told<'_, UpdateTask<'_>> {
    type Name = Told<'static, UpdateTask<'static>>;
    type Columns = TaskColumns;
    const SQL: &'static str = concat!(
        include_str!("../sql/one_update.sql"),
        include_str!("../sql/one_delta.sql"),
        "), u AS (",
        include_str!("../sql/update_task.sql"),
        "), w AS (SELECT unnest($32) AS user_id)",
        include_str!("../sql/lock_counters.sql"),
        include_str!("../sql/count_update.sql"),
        include_str!("../sql/log_update.sql"),
        include_str!("../sql/tell_viewers.sql"),
    );
    const OUTCOME: &'static str = SAVED;
    const SELECT: &'static str = COLUMNS;

    fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.write.push_binds(out)?;
        self.push_viewers(out)
    }
}
