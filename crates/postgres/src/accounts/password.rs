use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz};
use hexado_domain::identity::{Identifier, PasswordChange, PasswordHash, SessionsAfter};

use crate::sessions::BegunSession;
use crate::statement::prepared_once;

/// What statements that set a password have in common: their first 15 binds.
struct NewPassword<'a> {
    change: &'a PasswordChange,
    ends_sessions: bool,
    session: BegunSession<'a>,
}

impl<'a> NewPassword<'a> {
    fn of(change: &'a PasswordChange) -> Self {
        let session = match &change.sessions {
            SessionsAfter::Stay => None,
            SessionsAfter::OnlyThis(session) => Some(session),
        };
        Self { change, ends_sessions: session.is_some(), session: BegunSession::of_option(session) }
    }

    fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.session.push_binds(out)?;
        out.push_bind_param_value_only::<Bool, _>(&self.ends_sessions)?;
        out.push_bind_param_value_only::<Text, _>(self.change.user_id.as_str())?;
        out.push_bind_param_value_only::<Text, _>(self.change.hash.as_str())?;
        out.push_bind_param_value_only::<Timestamptz, _>(&self.change.at)
    }
}

/// Sets a password in the place of a present one; returns the account's id.
pub(super) struct ReplacePassword<'a> {
    new: NewPassword<'a>,
    present: &'a str,
}

impl<'a> ReplacePassword<'a> {
    pub(super) fn of(change: &'a PasswordChange, present: &'a PasswordHash) -> Self {
        Self { new: NewPassword::of(change), present: present.as_str() }
    }
}

prepared_once!(ReplacePassword -> Text);

impl QueryFragment<Pg> for ReplacePassword<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("../sql/replace_password.sql"));
        self.new.push_binds(&mut out)?;
        out.push_bind_param_value_only::<Text, _>(self.present)
    }
}

/// Sets a password, with an account if there is none; returns the id of the verification that is spent, or else of the user.
pub(super) struct ResetPassword<'a> {
    new: NewPassword<'a>,
    spends: Option<&'a str>,
}

impl<'a> ResetPassword<'a> {
    pub(super) fn of(change: &'a PasswordChange) -> Self {
        Self { new: NewPassword::of(change), spends: None }
    }

    /// If the verification holds, which is spent.
    pub(super) fn by(change: &'a PasswordChange, spends: &'a Identifier) -> Self {
        Self { spends: Some(spends.as_str()), ..Self::of(change) }
    }
}

prepared_once!(ResetPassword -> Text);

impl QueryFragment<Pg> for ResetPassword<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("../sql/reset_password.sql"));
        self.new.push_binds(&mut out)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.spends)?;
        out.push_bind_param_value_only::<Text, _>(&self.new.change.account_id)
    }
}

/// Makes others wait who would lock the same user.
pub(crate) struct LockUser<'a>(pub(crate) &'a str);

prepared_once!(LockUser -> Text);

impl QueryFragment<Pg> for LockUser<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE");
        out.push_bind_param_value_only::<Text, _>(self.0)
    }
}
