use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Nullable, Text, Timestamptz};
use hexado_domain::identity::{Linking, PasswordHash};

use crate::statement::prepared_once;

/// Adds an account unless the user has it; returns its id.
pub(super) struct Link<'a> {
    linking: &'a Linking,
    hash: Option<&'a str>,
}

impl<'a> Link<'a> {
    pub(super) fn of(linking: &'a Linking) -> Self {
        Self { linking, hash: linking.hash.as_ref().map(PasswordHash::as_str) }
    }
}

prepared_once!(Link -> Text);

impl QueryFragment<Pg> for Link<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Linking { id, user_id, provider_id, account_id, scope, at, .. } = self.linking;
        out.push_sql(include_str!("../sql/link_account.sql"));
        out.push_bind_param_value_only::<Text, _>(id)?;
        out.push_bind_param_value_only::<Text, _>(user_id.as_str())?;
        out.push_bind_param_value_only::<Text, _>(provider_id)?;
        out.push_bind_param_value_only::<Text, _>(account_id)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.hash)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(scope)?;
        out.push_bind_param_value_only::<Timestamptz, _>(at)
    }
}
