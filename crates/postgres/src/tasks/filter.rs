use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, SmallInt, Text, Timestamptz};
use hexado_domain::task::{Category, Priority, SearchWords, StatusFilter, TaskFilter};

/// What a task must be to be listed, as a condition on `tasks`.
pub(super) struct Filter<'a> {
    user: &'a str,
    shared: bool,
    status: StatusFilter,
    priority: Option<i16>,
    category: Option<&'a str>,
    words: Option<String>,
    due_before: Option<DateTime<Utc>>,
    due_after: Option<DateTime<Utc>>,
}

impl<'a> Filter<'a> {
    pub(super) fn of(user: &'a str, filter: &'a TaskFilter) -> Self {
        Self {
            user,
            shared: filter.shared,
            status: filter.status,
            priority: filter.priority.map(Priority::number),
            category: filter.category.as_ref().map(Category::as_str),
            words: filter.words.as_ref().map(text_query),
            due_before: filter.due_before,
            due_after: filter.due_after,
        }
    }
}

impl QueryFragment<Pg> for Filter<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(if self.shared {
            "id IN (SELECT task_id FROM task_shares WHERE user_id = "
        } else {
            "user_id = "
        });
        out.push_bind_param::<Text, _>(self.user)?;
        if self.shared {
            out.push_sql(")");
        }
        match self.status {
            StatusFilter::All => {}
            StatusFilter::Pending => out.push_sql(" AND completed_at IS NULL"),
            StatusFilter::Completed => out.push_sql(" AND completed_at IS NOT NULL"),
        }
        if let Some(priority) = &self.priority {
            out.push_sql(" AND priority = ");
            out.push_bind_param::<SmallInt, _>(priority)?;
        }
        if let Some(category) = self.category {
            out.push_sql(" AND category = ");
            out.push_bind_param::<Text, _>(category)?;
        }
        if let Some(words) = &self.words {
            out.push_sql(
                " AND to_tsvector('simple', title || ' ' || coalesce(description, '')) @@ to_tsquery('simple', ",
            );
            out.push_bind_param::<Text, _>(words)?;
            out.push_sql(")");
        }
        if let Some(due_before) = &self.due_before {
            out.push_sql(" AND due_at < ");
            out.push_bind_param::<Timestamptz, _>(due_before)?;
        }
        if let Some(due_after) = &self.due_after {
            out.push_sql(" AND due_at >= ");
            out.push_bind_param::<Timestamptz, _>(due_after)?;
        }
        Ok(())
    }
}

/// How many tasks a filter lets through.
pub(super) struct CountTasks<'a>(pub(super) Filter<'a>);

impl QueryFragment<Pg> for CountTasks<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // Of too many combinations to be kept prepared.
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT count(*) FROM tasks WHERE ");
        self.0.walk_ast(out)
    }
}

impl QueryId for CountTasks<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for CountTasks<'_> {
    type SqlType = BigInt;
}

/// Words in Postgres' language of text searches: all of them, the last as a prefix. In quotes, no character of a word is an
/// operator.
fn text_query(words: &SearchWords) -> String {
    let quoted = |word: &String| format!("'{}'", word.replace('\\', r"\\").replace('\'', "''"));
    let words: Vec<_> = words.as_slice().iter().map(quoted).collect();
    format!("{}:*", words.join(" & "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_and_the_last_is_a_prefix() {
        let query = |text| text_query(&SearchWords::parse(text).unwrap());
        assert_eq!(query("buy mi"), "'buy' & 'mi':*");
        assert_eq!(query(r"it's a\b | !(x)"), r"'it''s' & 'a\\b' & '|' & '!(x)':*");
    }
}
