//! How an update moves its owner's counters, as values to bind.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz};
use hexado_domain::task::{ActivityDelta, CategoryDelta, CounterDelta};

/// 17 binds: columns of `user_counters`, then two rows of `category_counters` and two of `activity_counters`; a row that does
/// not move is null.
pub(super) struct Deltas<'a> {
    user: [i64; 7],
    categories: [CategoryRow<'a>; 2],
    activity: [ActivityRow; 2],
}

/// Category, total, completed.
type CategoryRow<'a> = (Option<&'a str>, i64, i64);

/// Bucket, completed.
type ActivityRow = (Option<DateTime<Utc>>, i64);

impl<'a> Deltas<'a> {
    pub(super) fn of(counters: &'a CounterDelta) -> Self {
        let CounterDelta { completed, priorities: [low, medium, high], categories, activity } = counters;
        Self {
            user: [*completed, low.total, low.completed, medium.total, medium.completed, high.total, high.completed],
            categories: categories.each_ref().map(|delta| delta.as_ref().map_or_else(Default::default, category_row)),
            activity: activity.each_ref().map(|delta| delta.as_ref().map_or_else(Default::default, activity_row)),
        }
    }

    pub(super) fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for delta in &self.user {
            out.push_bind_param_value_only::<BigInt, _>(delta)?;
        }
        for (category, total, completed) in &self.categories {
            out.push_bind_param_value_only::<Nullable<Text>, _>(category)?;
            out.push_bind_param_value_only::<BigInt, _>(total)?;
            out.push_bind_param_value_only::<BigInt, _>(completed)?;
        }
        for (bucket, completed) in &self.activity {
            out.push_bind_param_value_only::<Nullable<Timestamptz>, _>(bucket)?;
            out.push_bind_param_value_only::<BigInt, _>(completed)?;
        }
        Ok(())
    }
}

fn category_row(delta: &CategoryDelta) -> CategoryRow<'_> {
    (Some(delta.category.as_str()), delta.total, delta.completed)
}

fn activity_row(delta: &ActivityDelta) -> ActivityRow {
    (Some(delta.bucket), delta.completed)
}
