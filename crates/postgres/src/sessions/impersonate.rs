use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Nullable, Text};
use hexado_domain::identity::Impersonation;

use super::BegunSession;
use crate::statement::prepared_once;

/// Stores a session in which an administrator acts as a user, if what permits it still holds; returns its id.
pub(super) struct Impersonate<'a> {
    session: BegunSession<'a>,
    own: &'a str,
    own_role: Option<&'a str>,
    role: Option<&'a str>,
}

impl<'a> Impersonate<'a> {
    pub(super) fn of(impersonation: &'a Impersonation) -> Self {
        let Impersonation { session, own, own_role, role, event: _ } = impersonation;
        Self {
            session: BegunSession::of(session),
            own: own.as_str(),
            own_role: own_role.as_deref(),
            role: role.as_deref(),
        }
    }
}

prepared_once!(Impersonate -> Text);

impl QueryFragment<Pg> for Impersonate<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("../sql/impersonate.sql"));
        self.session.push_binds(&mut out)?;
        out.push_bind_param_value_only::<Text, _>(self.own)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.own_role)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.role)
    }
}
