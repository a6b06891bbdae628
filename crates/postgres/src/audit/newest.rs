use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text, Timestamptz};
use hexado_domain::audit::AuditQuery;

use crate::schema::audit_records;

/// The records that a query asks for, and one more, which tells whether there are more.
pub(super) struct Newest<'a> {
    query: &'a AuditQuery,
    limit: i64,
}

impl<'a> Newest<'a> {
    pub(super) fn of(query: &'a AuditQuery) -> Self {
        Self { query, limit: query.limit.get() as i64 + 1 }
    }
}

/// One for each combination of filters, so that none stays prepared for ever: they run too seldom.
impl QueryId for Newest<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Newest<'_> {
    type SqlType = audit_records::SqlType;
}

impl QueryFragment<Pg> for Newest<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let AuditQuery { actor, impersonator, action, target, since, until, before, limit: _ } = self.query;
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT * FROM audit_records WHERE true");
        for (condition, text) in [
            (" AND actor = ", actor),
            (" AND impersonator = ", impersonator),
            (" AND action = ", action),
            (" AND target = ", target),
        ] {
            if let Some(text) = text {
                out.push_sql(condition);
                out.push_bind_param::<Text, _>(text)?;
            }
        }
        for (condition, time) in [(" AND at >= ", since), (" AND at < ", until)] {
            if let Some(time) = time {
                out.push_sql(condition);
                out.push_bind_param::<Timestamptz, _>(time)?;
            }
        }
        if let Some(before) = before {
            out.push_sql(" AND id < ");
            out.push_bind_param::<BigInt, _>(before)?;
        }
        out.push_sql(" ORDER BY id DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}
