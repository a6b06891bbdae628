//! A task as its table has it.

use chrono::{DateTime, Utc};
use diesel::data_types::PgTimestamp;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::dsl::SqlTypeOf;
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::sql_types::Timestamptz;
use hexado_domain::id::{TaskId, UserId};
use hexado_domain::task::{Category, Description, DueAt, Priority, Task, TaskOutcome, Title, Version};
use serde::{Deserialize, Serialize};

use super::shares::GrantedRow;
use crate::error::Failure;
use crate::schema::tasks;

/// The columns of `tasks` that make a task, in this order in every statement that returns one. The same names are its JSON
/// in the change log and in the records of attempts.
#[derive(Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = tasks, check_for_backend(Pg))]
pub(super) struct TaskRow {
    id: i64,
    user_id: String,
    title: String,
    description: Option<String>,
    category: Option<String>,
    priority: Option<i16>,
    due_at: Option<Moment>,
    completed_at: Option<Moment>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

/// A time, read straight from the microseconds that it is on the wire: a page of tasks has dozens, and diesel takes three
/// times the instructions.
#[derive(Clone, Copy, Debug, FromSqlRow, Serialize, Deserialize)]
#[diesel(sql_type = Timestamptz)]
pub(super) struct Moment(DateTime<Utc>);

/// The types of a [`TaskRow`]'s columns.
pub(super) type TaskColumns = SqlTypeOf<<TaskRow as Selectable<Pg>>::SelectExpression>;

/// The columns of a [`TaskRow`], for statements that are put together from pieces.
pub(super) const COLUMNS: &str = "id, user_id, title, description, category, priority, due_at, completed_at, version, \
    created_at, updated_at";

impl TaskRow {
    pub(super) fn user_id(&self) -> &str {
        &self.user_id
    }
}

impl TryFrom<TaskRow> for Task {
    type Error = Failure;

    fn try_from(row: TaskRow) -> Result<Self, Failure> {
        Ok(Self {
            id: task_id(row.id)?,
            user_id: UserId::from_stored(row.user_id),
            title: Title::from_stored(row.title),
            description: row.description.map(Description::from_stored),
            category: row.category.map(Category::from_stored),
            priority: row.priority.map(priority).transpose()?,
            due_at: row.due_at.map(|Moment(time)| DueAt::from_stored(time)),
            completed_at: row.completed_at.map(|Moment(time)| time),
            version: Version::new(row.version),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        })
    }
}

impl From<&Task> for TaskRow {
    fn from(task: &Task) -> Self {
        Self {
            id: task.id.get(),
            user_id: task.user_id.as_str().to_owned(),
            title: task.title.as_str().to_owned(),
            description: task.description.as_ref().map(|text| text.as_str().to_owned()),
            category: task.category.as_ref().map(|name| name.as_str().to_owned()),
            priority: task.priority.map(Priority::number),
            due_at: task.due_at.map(|due_at| Moment(due_at.get())),
            completed_at: task.completed_at.map(Moment),
            version: task.version.get(),
            created_at: Moment(task.created_at),
            updated_at: Moment(task.updated_at),
        }
    }
}

/// 2000-01-01, from where Postgres counts microseconds, as Unix counts them.
const EPOCH: i64 = 946_684_800_000_000;

impl FromSql<Timestamptz, Pg> for Moment {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        let PgTimestamp(microseconds) = FromSql::<Timestamptz, Pg>::from_sql(bytes)?;
        let time = microseconds.checked_add(EPOCH).and_then(DateTime::from_timestamp_micros);
        time.map(Self).ok_or_else(|| format!("no time is {microseconds} microseconds after 2000").into())
    }
}

/// What a write led to, as the record of an attempt keeps it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OutcomeJson {
    Saved(TaskRow),
    Deleted(i64),
    Granted(GrantedRow),
    Revoked(String),
}

impl TryFrom<OutcomeJson> for TaskOutcome {
    type Error = Failure;

    fn try_from(outcome: OutcomeJson) -> Result<Self, Failure> {
        Ok(match outcome {
            OutcomeJson::Saved(row) => Self::Saved(row.try_into()?),
            OutcomeJson::Deleted(id) => Self::Deleted(task_id(id)?),
            OutcomeJson::Granted(row) => Self::Granted(row.try_into()?),
            OutcomeJson::Revoked(user_id) => Self::Revoked(UserId::from_stored(user_id)),
        })
    }
}

impl From<&TaskOutcome> for OutcomeJson {
    fn from(outcome: &TaskOutcome) -> Self {
        match outcome {
            TaskOutcome::Saved(task) => Self::Saved(task.into()),
            TaskOutcome::Deleted(id) => Self::Deleted(id.get()),
            TaskOutcome::Granted(granted) => Self::Granted(granted.into()),
            TaskOutcome::Revoked(user_id) => Self::Revoked(user_id.as_str().to_owned()),
        }
    }
}

fn task_id(id: i64) -> Result<TaskId, Failure> {
    TaskId::new(id).ok_or_else(|| Failure::unexpected(format!("a stored task has the id {id}")))
}

fn priority(number: i16) -> Result<Priority, Failure> {
    let priority = Priority::from_number(number.into());
    priority.ok_or_else(|| Failure::unexpected(format!("a stored task has the priority {number}")))
}
