use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::sql_types::{Nullable, SmallInt, Text, Timestamptz};
use hexado_domain::task::{Category, Description, DueAt, Priority, TaskCreation};

use super::row::{COLUMNS, TaskColumns};
use super::write::{SAVED, Write};

/// Stores a new task.
pub(super) struct CreateTask<'a> {
    user_id: &'a str,
    title: &'a str,
    title_key: String,
    description: Option<&'a str>,
    category: Option<&'a str>,
    priority: Option<i16>,
    due_at: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
}

impl<'a> CreateTask<'a> {
    pub(super) fn of(creation: &'a TaskCreation) -> Self {
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
        }
    }
}

impl Write for CreateTask<'_> {
    type Name = CreateTask<'static>;
    type Columns = TaskColumns;
    const SQL: &'static str = include_str!("../sql/create_task.sql");
    const OUTCOME: &'static str = SAVED;
    const SELECT: &'static str = COLUMNS;

    fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param_value_only::<Text, _>(self.user_id)?;
        out.push_bind_param_value_only::<Text, _>(self.title)?;
        out.push_bind_param_value_only::<Text, _>(&self.title_key)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.description)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.category)?;
        out.push_bind_param_value_only::<Nullable<SmallInt>, _>(&self.priority)?;
        out.push_bind_param_value_only::<Nullable<Timestamptz>, _>(&self.due_at)?;
        out.push_bind_param_value_only::<Nullable<Timestamptz>, _>(&self.completed_at)?;
        out.push_bind_param_value_only::<Timestamptz, _>(&self.at)
    }
}
