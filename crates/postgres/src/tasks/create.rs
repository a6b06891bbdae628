use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::Json;
use hexado_domain::idempotency::Attempt;
use hexado_domain::task::{Category, Description, DueAt, Priority, TaskCreation};
use serde::Serialize;
use tokio::time::Instant;

use super::records::AttemptJson;
use super::row::{COLUMNS, TaskColumns, TaskRow};
use super::write::push_end;
use crate::batch::Batched;
use crate::db::Db;
use crate::error::Failure;
use crate::statement::{AsJson, prepared_once};

/// A new task, with the attempt to be recorded.
pub(super) struct Creation {
    creation: TaskCreation,
    attempt: Option<Attempt>,
}

impl Creation {
    pub(super) fn of(creation: &TaskCreation, attempt: Option<&Attempt>) -> Self {
        Self { creation: creation.clone(), attempt: attempt.cloned() }
    }
}

impl Batched for Creation {
    type Row = TaskRow;

    fn owner(&self) -> &str {
        self.creation.user_id.as_str()
    }

    fn owner_of(row: &TaskRow) -> &str {
        row.user_id()
    }

    async fn store(db: &Db, writes: &[&Self], deadline: Instant) -> Result<Vec<TaskRow>, Failure> {
        let tasks = writes.iter().map(|write| NewTask::of(write)).collect();
        db.write(&CreateTasks(AsJson(tasks)), deadline).await
    }
}

/// Stores new tasks, each of another owner.
struct CreateTasks<'a>(AsJson<Vec<NewTask<'a>>>);

prepared_once!(CreateTasks -> TaskColumns);

impl QueryFragment<Pg> for CreateTasks<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(concat!(include_str!("../sql/create_tasks.sql"), include_str!("../sql/record_attempts.sql")));
        push_end(&mut out, COLUMNS);
        out.push_bind_param_value_only::<Json, _>(&self.0)
    }
}

#[derive(Debug, Serialize)]
struct NewTask<'a> {
    user_id: &'a str,
    title: &'a str,
    title_key: String,
    description: Option<&'a str>,
    category: Option<&'a str>,
    priority: Option<i16>,
    due_at: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
    #[serde(flatten)]
    attempt: Option<AttemptJson<'a>>,
}

impl<'a> NewTask<'a> {
    fn of(Creation { creation, attempt }: &'a Creation) -> Self {
        let draft = &creation.draft;
        Self {
            user_id: creation.user_id.as_str(),
            title: draft.title.as_str(),
            title_key: draft.title.sort_key(),
            description: draft.description.as_ref().map(Description::as_str),
            category: draft.category.as_ref().map(Category::as_str),
            priority: draft.priority.map(Priority::number),
            due_at: draft.due_at.map(DueAt::get),
            completed_at: draft.completed.then_some(creation.at),
            at: creation.at,
            attempt: attempt.as_ref().map(AttemptJson::of),
        }
    }
}
