//! Edits and deletions of users as they were read.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz};
use hexado_domain::identity::Identifier;
use hexado_domain::identity::users::{UserDeletion, UserEdit};

use crate::admins::ADMINS;
use crate::statement::prepared_once;

/// What became of a change of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    /// The user is gone, or is not as they were.
    Stale,
    /// No admin would be left.
    LastAdmin,
    /// What else it depends on does not hold.
    Refused,
}

/// Whether it was done, whether the user was as they were, and whether an admin is left.
pub(super) type OutcomeRow = (bool, bool, bool);

pub(super) fn happened(rows: &[OutcomeRow]) -> bool {
    outcome(rows) == Outcome::Done
}

pub(super) fn outcome(rows: &[OutcomeRow]) -> Outcome {
    match rows {
        [(true, ..)] => Outcome::Done,
        [(_, true, false)] => Outcome::LastAdmin,
        [(_, true, true)] => Outcome::Refused,
        _ => Outcome::Stale,
    }
}

/// What a change of a user was made from, and when.
struct Basis<'a> {
    user_id: &'a str,
    version: i64,
    loses_admin: bool,
    at: DateTime<Utc>,
}

impl<'a> Basis<'a> {
    /// The first four binds.
    fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param_value_only::<Text, _>(self.user_id)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.version)?;
        out.push_bind_param_value_only::<Bool, _>(&self.loses_admin)?;
        out.push_bind_param_value_only::<Timestamptz, _>(&self.at)
    }

    fn lock(&self) -> LockUserAndAdmins<'a> {
        LockUserAndAdmins { user_id: self.user_id, loses_admin: self.loses_admin, admins: ADMINS }
    }
}

/// Makes others wait who would change the same user or let them in, and if an admin is lost, those who would lose another.
/// What they did is seen by the statement that follows.
pub(super) struct LockUserAndAdmins<'a> {
    user_id: &'a str,
    loses_admin: bool,
    admins: &'a str,
}

prepared_once!(LockUserAndAdmins -> Text);

impl QueryFragment<Pg> for LockUserAndAdmins<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("../sql/lock_user_and_admins.sql"));
        out.push_bind_param_value_only::<Text, _>(self.user_id)?;
        out.push_bind_param_value_only::<Bool, _>(&self.loses_admin)?;
        out.push_bind_param_value_only::<Text, _>(self.admins)
    }
}

/// Stores a user as they are to be.
pub(super) struct EditUser<'a> {
    basis: Basis<'a>,
    edit: &'a UserEdit,
}

impl<'a> EditUser<'a> {
    pub(super) fn of(edit: &'a UserEdit) -> Self {
        let UserEdit { user, made_from, loses_admin, event, .. } = edit;
        let (user_id, version) = (user.id.as_str(), made_from.get());
        Self { basis: Basis { user_id, version, loses_admin: *loses_admin, at: event.at }, edit }
    }

    pub(super) fn lock(&self) -> LockUserAndAdmins<'a> {
        self.basis.lock()
    }
}

prepared_once!(EditUser -> (Bool, Bool, Bool));

impl QueryFragment<Pg> for EditUser<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let UserEdit { user, roles_made_from, ends_sessions, .. } = self.edit;
        out.push_sql(include_str!("../sql/edit_user.sql"));
        self.basis.push_binds(&mut out)?;
        out.push_bind_param_value_only::<Nullable<BigInt>, _>(roles_made_from)?;
        out.push_bind_param_value_only::<Bool, _>(ends_sessions)?;
        out.push_bind_param_value_only::<Text, _>(&user.name)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&user.image)?;
        out.push_bind_param_value_only::<Text, _>(&user.email)?;
        out.push_bind_param_value_only::<Bool, _>(&user.email_verified)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&user.role)?;
        out.push_bind_param_value_only::<Bool, _>(&user.banned)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&user.ban_reason)?;
        out.push_bind_param_value_only::<Nullable<Timestamptz>, _>(&user.ban_expires)?;
        out.push_bind_param_value_only::<Timestamptz, _>(&user.updated_at)
    }
}

/// Deletes a user, and the verification that permits it.
pub(super) struct DeleteUser<'a> {
    basis: Basis<'a>,
    spends: Option<&'a str>,
}

impl<'a> DeleteUser<'a> {
    pub(super) fn of(deletion: &'a UserDeletion) -> Self {
        let UserDeletion { user_id, made_from, loses_admin, spends, at, .. } = deletion;
        let (user_id, version) = (user_id.as_str(), made_from.get());
        let basis = Basis { user_id, version, loses_admin: *loses_admin, at: *at };
        Self { basis, spends: spends.as_ref().map(Identifier::as_str) }
    }

    pub(super) fn lock(&self) -> LockUserAndAdmins<'a> {
        self.basis.lock()
    }
}

prepared_once!(DeleteUser -> (Bool, Bool, Bool));

impl QueryFragment<Pg> for DeleteUser<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("../sql/delete_user.sql"));
        self.basis.push_binds(&mut out)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.spends)
    }
}
