//! Parts of the list of users. The SQL is put together from the parts that a query asks for.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text, Timestamptz};
use hexado_domain::identity::users::{CursorKey, Start, UserCursor, UserField, UserQuery};

use super::filter::{Filter, ordered};
use super::{COLUMNS, UserColumns};

/// The users of a part of the list, and one more if there are more.
pub(super) struct ListUsers<'a> {
    filter: Filter<'a>,
    key: &'static str,
    /// The same order as the key has.
    id: &'static str,
    descending: bool,
    start: &'a Start,
    skipped: i64,
    rows: i64,
}

impl<'a> ListUsers<'a> {
    pub(super) fn of(query: &'a UserQuery, now: DateTime<Utc>) -> Self {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        Self {
            filter: Filter::of(&query.conditions, now),
            key: ordered(query.sort.field),
            id: ordered(UserField::Id),
            descending: query.sort.descending,
            start: &query.start,
            skipped: if let Start::Skip(number) = query.start { count(number) } else { 0 },
            rows: count(query.limit).saturating_add(1),
        }
    }

    fn push_place<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>, place: &'b UserCursor) -> QueryResult<()> {
        for part in [" AND (", self.key, ", ", self.id, if self.descending { ") < (" } else { ") > (" }] {
            out.push_sql(part);
        }
        match &place.key {
            CursorKey::Time(time) => out.push_bind_param::<Timestamptz, _>(time)?,
            CursorKey::Text(text) => out.push_bind_param::<Text, _>(text)?,
        }
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(place.id.as_str())?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryFragment<Pg> for ListUsers<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // Of too many combinations to be kept prepared.
        out.unsafe_to_cache_prepared();
        for part in ["SELECT ", COLUMNS, " FROM users WHERE "] {
            out.push_sql(part);
        }
        self.filter.walk_ast(out.reborrow())?;
        if let Start::Behind(place) = self.start {
            self.push_place(&mut out, place)?;
        }
        let direction = if self.descending { " DESC" } else { " ASC" };
        for part in [" ORDER BY ", self.key, direction, ", ", self.id, direction, " LIMIT "] {
            out.push_sql(part);
        }
        out.push_bind_param::<BigInt, _>(&self.rows)?;
        out.push_sql(" OFFSET ");
        out.push_bind_param::<BigInt, _>(&self.skipped)
    }
}

impl QueryId for ListUsers<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for ListUsers<'_> {
    type SqlType = UserColumns;
}
