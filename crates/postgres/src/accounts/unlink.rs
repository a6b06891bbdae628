use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Bool, Text};
use hexado_domain::identity::Unlinking;

use crate::statement::prepared_once;

/// Deletes an account unless it is the only one; returns whether it did, and whether there is such an account at all.
pub(super) struct Unlink<'a>(pub(super) &'a Unlinking);

prepared_once!(Unlink -> (Bool, Bool));

impl QueryFragment<Pg> for Unlink<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("../sql/unlink_account.sql"));
        out.push_bind_param_value_only::<Text, _>(self.0.user_id.as_str())?;
        out.push_bind_param_value_only::<Text, _>(&self.0.account_id)
    }
}
