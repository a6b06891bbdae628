use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{BigInt, Text};

use super::row::TaskColumns;
use crate::statement::prepared_once;

/// A task that the user has, or that is shared with them.
///
/// Written by hand: diesel would put its text together anew for each request: an eighth of the instructions of a get.
pub(super) struct FindTask<'a> {
    pub(super) id: i64,
    pub(super) user: &'a str,
}

prepared_once!(FindTask -> TaskColumns);

impl QueryFragment<Pg> for FindTask<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("../sql/find_task.sql"));
        out.push_bind_param_value_only::<BigInt, _>(&self.id)?;
        out.push_bind_param_value_only::<Text, _>(self.user)
    }
}
