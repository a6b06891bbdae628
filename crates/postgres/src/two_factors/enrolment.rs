use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{BigInt, Text};
use hexado_domain::identity::{Confirmation, Disabling, Enrolling};

use crate::sessions::BegunSession;
use crate::statement::prepared_once;

/// Prepares a second factor, unless the user has a confirmed one; returns its id.
pub(super) struct Enrol<'a>(pub(super) &'a Enrolling);

prepared_once!(Enrol -> Text);

impl QueryFragment<Pg> for Enrol<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("../sql/enrol_two_factor.sql"));
        out.push_bind_param_value_only::<Text, _>(&self.0.id)?;
        out.push_bind_param_value_only::<Text, _>(self.0.user_id.as_str())?;
        out.push_bind_param_value_only::<Text, _>(self.0.secret.as_str())?;
        out.push_bind_param_value_only::<Text, _>(self.0.backup_codes.as_str())
    }
}

/// Has a second factor asked for from now on; returns its user.
pub(super) struct Confirm<'a> {
    begins: BegunSession<'a>,
    confirmation: &'a Confirmation,
}

impl<'a> Confirm<'a> {
    pub(super) fn of(confirmation: &'a Confirmation) -> Self {
        Self { begins: BegunSession::of(&confirmation.begins), confirmation }
    }
}

prepared_once!(Confirm -> Text);

impl QueryFragment<Pg> for Confirm<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Confirmation { two_factor, step, ends, .. } = self.confirmation;
        out.push_sql(include_str!("../sql/confirm_two_factor.sql"));
        self.begins.push_binds(&mut out)?;
        out.push_bind_param_value_only::<Text, _>(ends.as_str())?;
        out.push_bind_param_value_only::<Text, _>(&two_factor.id)?;
        out.push_bind_param_value_only::<Text, _>(two_factor.secret.as_str())?;
        out.push_bind_param_value_only::<BigInt, _>(step)
    }
}

/// Takes a second factor away; returns its user.
pub(super) struct Disable<'a> {
    begins: BegunSession<'a>,
    disabling: &'a Disabling,
}

impl<'a> Disable<'a> {
    pub(super) fn of(disabling: &'a Disabling) -> Self {
        Self { begins: BegunSession::of(&disabling.begins), disabling }
    }
}

prepared_once!(Disable -> Text);

impl QueryFragment<Pg> for Disable<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("../sql/disable_two_factor.sql"));
        self.begins.push_binds(&mut out)?;
        out.push_bind_param_value_only::<Text, _>(self.disabling.ends.as_str())
    }
}
