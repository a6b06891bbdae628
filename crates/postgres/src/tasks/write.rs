//! What all writes of tasks have in common: their end, and the record of the attempt.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Binary, Text};
use hexado_domain::idempotency::Attempt;

/// A write, as a common table expression that ends with the tables `c` (the counters of whom it tells)
/// and `t` (the task).
pub(super) trait Write: Sync {
    /// What prepared statements are remembered by: the type without its lifetimes.
    type Name: 'static;
    /// The types of the columns that it returns.
    type Columns;
    /// Up to the change log, with the binds numbered by hand.
    const SQL: &'static str;
    /// What the record of an attempt keeps, as JSON.
    const OUTCOME: &'static str;
    /// What it returns: columns of `t`.
    const SELECT: &'static str;

    /// Pushes the values of `$1` and so on, in that order.
    fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()>;
}

/// The outcome of a write that leaves a task behind.
pub(super) const SAVED: &str = "jsonb_build_object('saved', to_jsonb(t) - ARRAY['title_key', 'sharing'])";

/// A write that happens as often as it is sent.
pub(super) struct Unkeyed<'a, W>(pub(super) &'a W);

/// A write that is recorded. If its key is recorded already, the primary key refuses that, and all of it with it.
pub(super) struct Keyed<'a, W>(pub(super) &'a W, pub(super) &'a Attempt);

impl<W: Write> QueryFragment<Pg> for Unkeyed<'_, W> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(W::SQL);
        self.0.push_binds(&mut out)?;
        push_end(&mut out, W::SELECT);
        Ok(())
    }
}

impl<W: Write> QueryFragment<Pg> for Keyed<'_, W> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Self(write, attempt) = self;
        out.push_sql(W::SQL);
        write.push_binds(&mut out)?;
        out.push_sql(", k AS (INSERT INTO idempotency_keys (user_id, key, request_hash, outcome) SELECT ");
        out.push_bind_param::<Text, _>(attempt.caller.as_str())?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(attempt.key.as_str())?;
        out.push_sql(", ");
        out.push_bind_param::<Binary, _>(attempt.fingerprint.as_slice())?;
        out.push_sql(", ");
        out.push_sql(W::OUTCOME);
        out.push_sql(" FROM c, t)");
        push_end(&mut out, W::SELECT);
        Ok(())
    }
}

pub(super) fn push_end(out: &mut AstPass<'_, '_, Pg>, columns: &str) {
    out.push_sql(" SELECT ");
    out.push_sql(columns);
    out.push_sql(" FROM t");
}

impl<W: Write> QueryId for Unkeyed<'_, W> {
    type QueryId = Unkeyed<'static, W::Name>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<W: Write> QueryId for Keyed<'_, W> {
    type QueryId = Keyed<'static, W::Name>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<W: Write> Query for Unkeyed<'_, W> {
    type SqlType = W::Columns;
}

impl<W: Write> Query for Keyed<'_, W> {
    type SqlType = W::Columns;
}
