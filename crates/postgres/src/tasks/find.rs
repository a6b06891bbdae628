use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{BigInt, Text};

use super::row::TaskColumns;
use crate::statement::prepared_once;

/// A task of the user's own, and the revision of its sharing.
///
/// Written by hand: diesel would put its text together anew for each request: an eighth of the instructions of a get.
pub(super) struct FindOwn<'a> {
    pub(super) id: i64,
    pub(super) owner: &'a str,
}

prepared_once!(FindOwn -> (TaskColumns, BigInt));

impl QueryFragment<Pg> for FindOwn<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("../sql/find_own.sql"));
        out.push_bind_param_value_only::<BigInt, _>(&self.id)?;
        out.push_bind_param_value_only::<Text, _>(self.owner)
    }
}

/// A task that is shared with the user.
pub(super) struct FindShared<'a> {
    pub(super) id: i64,
    pub(super) sharee: &'a str,
}

prepared_once!(FindShared -> TaskColumns);

impl QueryFragment<Pg> for FindShared<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("../sql/find_shared.sql"));
        out.push_bind_param_value_only::<BigInt, _>(&self.id)?;
        out.push_bind_param_value_only::<Text, _>(self.sharee)
    }
}
