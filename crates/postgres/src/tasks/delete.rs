use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use hexado_domain::task::{Expected, TaskDeletion, Version};

use super::write::Write;

/// Removes a task and returns its id; no row when there is no such task in such a version.
pub(super) struct DeleteTask<'a> {
    id: i64,
    user_id: &'a str,
    expected: Option<Vec<i64>>,
    at: DateTime<Utc>,
}

impl<'a> DeleteTask<'a> {
    pub(super) fn of(deletion: &'a TaskDeletion) -> Self {
        let expected = match &deletion.expected {
            Expected::Any => None,
            Expected::OneOf(versions) => Some(versions.iter().copied().map(Version::get).collect()),
        };
        Self { id: deletion.id.get(), user_id: deletion.user_id.as_str(), expected, at: deletion.at }
    }
}

impl Write for DeleteTask<'_> {
    type Name = DeleteTask<'static>;
    type Columns = BigInt;
    const SQL: &'static str = include_str!("../sql/delete_task.sql");
    const OUTCOME: &'static str = "jsonb_build_object('deleted', t.id)";
    const SELECT: &'static str = "id";

    fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param_value_only::<BigInt, _>(&self.id)?;
        out.push_bind_param_value_only::<Text, _>(self.user_id)?;
        out.push_bind_param_value_only::<Nullable<Array<BigInt>>, _>(&self.expected)?;
        out.push_bind_param_value_only::<Timestamptz, _>(&self.at)?;
        Ok(())
    }
}
