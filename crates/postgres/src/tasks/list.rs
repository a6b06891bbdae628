//! Pages of tasks. The SQL is put together from the parts that a query asks for.
//!
//! What lacks the key that a list is ordered by comes last. So such a list is two runs one after the other, the tasks that
//! have the key and then those that lack it, and each run can follow an index from where the page before ended.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, SmallInt, Text, Timestamptz};
use hexado_domain::id::TaskId;
use hexado_domain::task::{SortField, SortKey, StatusFilter, TaskCursor, TaskFilter, TaskQuery};

use super::filter::Filter;
use super::row::{COLUMNS, TaskColumns};

/// The tasks of a page, and one more if there are more.
pub(super) struct ListTasks<'a> {
    filter: Filter<'a>,
    /// The column that the list is ordered by.
    key: &'static str,
    can_lack_key: bool,
    descending: bool,
    after: Option<Place<'a>>,
    rows: i64,
    frequent: bool,
}

/// Right behind the task with this key and id.
struct Place<'a> {
    key: Key<'a>,
    id: i64,
}

enum Key<'a> {
    Time(DateTime<Utc>),
    Number(i16),
    Text(&'a str),
    Lacking,
}

impl<'a> ListTasks<'a> {
    pub(super) fn of(user: &'a str, query: &'a TaskQuery) -> Self {
        let (key, can_lack_key) = match query.sort.field {
            SortField::CreatedAt => ("created_at", false),
            SortField::DueAt => ("due_at", true),
            SortField::Priority => ("priority", true),
            SortField::Title => ("title_key", false),
        };
        Self {
            filter: Filter::of(user, &query.filter),
            key,
            can_lack_key,
            descending: query.sort.descending,
            after: query.after.as_ref().map(Place::behind),
            rows: query.limit.get() as i64 + 1,
            frequent: is_frequent(query),
        }
    }

    fn direction(&self) -> &'static str {
        if self.descending { " DESC" } else { " ASC" }
    }

    fn push_page<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if !self.can_lack_key {
            return self.push_run(out, true);
        }
        if let Some(Place { key: Key::Lacking, .. }) = self.after {
            return self.push_run(out, false);
        }
        push_all(out, &["SELECT ", COLUMNS, " FROM (("]);
        self.push_run(out, true)?;
        out.push_sql(") UNION ALL (");
        self.push_run(out, false)?;
        let direction = self.direction();
        push_all(out, &[")) AS runs ORDER BY ", self.key, direction, " NULLS LAST, id", direction, " LIMIT "]);
        out.push_bind_param::<BigInt, _>(&self.rows)
    }

    /// The tasks that have the key, or those that lack it.
    fn push_run<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>, with_key: bool) -> QueryResult<()> {
        push_all(out, &["SELECT ", COLUMNS, " FROM tasks WHERE "]);
        self.filter.walk_ast(out.reborrow())?;
        if self.can_lack_key {
            push_all(out, &[" AND ", self.key, if with_key { " IS NOT NULL" } else { " IS NULL" }]);
        }
        if let Some(place) = &self.after {
            self.push_place(out, place, with_key)?;
        }
        // By the key even where all lack it: so the index is seen to have this order.
        let direction = self.direction();
        push_all(out, &[" ORDER BY ", self.key, direction, ", id", direction, " LIMIT "]);
        out.push_bind_param::<BigInt, _>(&self.rows)
    }

    fn push_place<'b>(
        &'b self,
        out: &mut AstPass<'_, 'b, Pg>,
        place: &'b Place<'_>,
        with_key: bool,
    ) -> QueryResult<()> {
        let beyond = if self.descending { " < " } else { " > " };
        if with_key {
            push_all(out, &[" AND (", self.key, ", id)", beyond, "("]);
            place.key.push(out)?;
            out.push_sql(", ");
            out.push_bind_param::<BigInt, _>(&place.id)?;
            out.push_sql(")");
        } else if matches!(place.key, Key::Lacking) {
            push_all(out, &[" AND id", beyond]);
            out.push_bind_param::<BigInt, _>(&place.id)?;
        }
        Ok(())
    }
}

impl<'a> Place<'a> {
    fn behind(cursor: &'a TaskCursor) -> Self {
        let key = match &cursor.key {
            SortKey::CreatedAt(time) | SortKey::DueAt(Some(time)) => Key::Time(*time),
            SortKey::Priority(Some(priority)) => Key::Number(priority.number()),
            SortKey::Title(key) => Key::Text(key),
            SortKey::DueAt(None) | SortKey::Priority(None) => Key::Lacking,
        };
        Self { key, id: cursor.id.get() }
    }
}

impl Key<'_> {
    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match self {
            Self::Time(time) => out.push_bind_param::<Timestamptz, _>(time),
            Self::Number(number) => out.push_bind_param::<SmallInt, _>(number),
            Self::Text(text) => out.push_bind_param::<Text, _>(*text),
            Self::Lacking => Ok(()),
        }
    }
}

fn push_all(out: &mut AstPass<'_, '_, Pg>, parts: &[&str]) {
    for part in parts {
        out.push_sql(part);
    }
}

impl QueryFragment<Pg> for ListTasks<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if !self.frequent {
            out.unsafe_to_cache_prepared();
        }
        self.push_page(&mut out)
    }
}

impl QueryId for ListTasks<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for ListTasks<'_> {
    type SqlType = TaskColumns;
}

/// Whether a list is worth being prepared once a connection. There are thousands of combinations of filters and orders, and
/// each one that is kept costs the server about 100 kB a connection; so most are prepared each time.
fn is_frequent(query: &TaskQuery) -> bool {
    let TaskFilter { words, due_before, due_after, .. } = &query.filter;
    let plain = words.is_none() && due_before.is_none() && due_after.is_none();
    follows_an_index(query) || (plain && query.sort.field == SortField::CreatedAt)
}

/// Whether an index has the tasks in the order of the list, so that a page costs the same however many tasks there are.
/// Passing over those of another status costs well under a microsecond each.
pub(super) fn follows_an_index(query: &TaskQuery) -> bool {
    let TaskFilter { shared, status, priority, category, words, due_before, due_after } = &query.filter;
    if *shared || priority.is_some() || category.is_some() || words.is_some() {
        return false;
    }
    match query.sort.field {
        SortField::CreatedAt => due_before.is_none() && due_after.is_none(),
        SortField::DueAt => *status == StatusFilter::Pending,
        SortField::Priority | SortField::Title => false,
    }
}

/// The lists that are asked for most, first pages and later ones.
pub(super) fn frequent() -> Vec<TaskQuery> {
    let later = TaskId::new(1).map(|id| TaskCursor { key: SortKey::CreatedAt(DateTime::UNIX_EPOCH), id });
    let statuses = [StatusFilter::All, StatusFilter::Pending, StatusFilter::Completed];
    let query = |status, after| TaskQuery {
        filter: TaskFilter { status, ..TaskFilter::default() },
        after,
        ..TaskQuery::default()
    };
    statuses.into_iter().flat_map(|status| [query(status, None), query(status, later.clone())]).collect()
}
