use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz};
use hexado_domain::task::{Expected, TaskDeletion, Version};

use super::told::Told;
use super::write::Write;

const DELETED: &str = "jsonb_build_object('deleted', t.id)";

/// Removes a task and returns its id; no row when there is no such task in such a version.
pub(super) struct DeleteTask<'a> {
    id: i64,
    user_id: &'a str,
    expected: Option<Vec<i64>>,
    at: DateTime<Utc>,
    sharing: i64,
}

impl<'a> DeleteTask<'a> {
    pub(super) fn of(deletion: &'a TaskDeletion) -> Self {
        Self {
            id: deletion.id.get(),
            user_id: deletion.user_id.as_str(),
            expected: versions(&deletion.expected),
            at: deletion.at,
            sharing: deletion.sharing.revision,
        }
    }
}

impl Write for DeleteTask<'_> {
    type Name = DeleteTask<'static>;
    type Columns = BigInt;
    const SQL: &'static str =
        concat!("WITH t AS (", include_str!("../sql/delete_task.sql"), ")", include_str!("../sql/count_deletion.sql"));
    const OUTCOME: &'static str = DELETED;
    const SELECT: &'static str = "id";

    fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param_value_only::<BigInt, _>(&self.id)?;
        out.push_bind_param_value_only::<Text, _>(self.user_id)?;
        out.push_bind_param_value_only::<Nullable<Array<BigInt>>, _>(&self.expected)?;
        out.push_bind_param_value_only::<Timestamptz, _>(&self.at)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.sharing)
    }
}

impl Write for Told<'_, DeleteTask<'_>> {
    type Name = Told<'static, DeleteTask<'static>>;
    type Columns = BigInt;
    const SQL: &'static str = concat!(
        "WITH u AS (",
        include_str!("../sql/delete_task.sql"),
        "), w AS (SELECT unnest($6) AS user_id)",
        include_str!("../sql/lock_counters.sql"),
        include_str!("../sql/count_deletion.sql"),
        include_str!("../sql/tell_viewers.sql"),
    );
    const OUTCOME: &'static str = DELETED;
    const SELECT: &'static str = "id";

    fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.write.push_binds(out)?;
        self.push_viewers(out)
    }
}

/// The versions that a write expects; `None` for any.
pub(super) fn versions(expected: &Expected) -> Option<Vec<i64>> {
    match expected {
        Expected::Any => None,
        Expected::OneOf(versions) => Some(versions.iter().copied().map(Version::get).collect()),
    }
}
