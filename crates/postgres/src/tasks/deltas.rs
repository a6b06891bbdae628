//! How an update moves its owner's counters, as values to bind.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz};
use hexado_domain::task::{ActivityDelta, CategoryDelta, CounterDelta};
use serde::Serialize;

/// Columns of `user_counters`, then two rows of `category_counters` and two of `activity_counters`; a row that does not move
/// is null.
#[derive(Debug, Serialize)]
pub(super) struct Deltas<'a> {
    completed_delta: i64,
    low_total_delta: i64,
    low_completed_delta: i64,
    medium_total_delta: i64,
    medium_completed_delta: i64,
    high_total_delta: i64,
    high_completed_delta: i64,
    category_1: Option<&'a str>,
    category_1_total_delta: i64,
    category_1_completed_delta: i64,
    category_2: Option<&'a str>,
    category_2_total_delta: i64,
    category_2_completed_delta: i64,
    bucket_1: Option<DateTime<Utc>>,
    bucket_1_delta: i64,
    bucket_2: Option<DateTime<Utc>>,
    bucket_2_delta: i64,
}

/// Category, total, completed.
type CategoryRow<'a> = (Option<&'a str>, i64, i64);

/// Bucket, completed.
type ActivityRow = (Option<DateTime<Utc>>, i64);

impl<'a> Deltas<'a> {
    pub(super) fn of(counters: &'a CounterDelta) -> Self {
        let CounterDelta { completed, priorities: [low, medium, high], categories, activity } = counters;
        let [first, second] =
            categories.each_ref().map(|delta| delta.as_ref().map_or_else(Default::default, category_row));
        let [earlier, later] =
            activity.each_ref().map(|delta| delta.as_ref().map_or_else(Default::default, activity_row));
        Self {
            completed_delta: *completed,
            low_total_delta: low.total,
            low_completed_delta: low.completed,
            medium_total_delta: medium.total,
            medium_completed_delta: medium.completed,
            high_total_delta: high.total,
            high_completed_delta: high.completed,
            category_1: first.0,
            category_1_total_delta: first.1,
            category_1_completed_delta: first.2,
            category_2: second.0,
            category_2_total_delta: second.1,
            category_2_completed_delta: second.2,
            bucket_1: earlier.0,
            bucket_1_delta: earlier.1,
            bucket_2: later.0,
            bucket_2_delta: later.1,
        }
    }

    /// `$15` to `$31`.
    pub(super) fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param_value_only::<BigInt, _>(&self.completed_delta)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.low_total_delta)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.low_completed_delta)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.medium_total_delta)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.medium_completed_delta)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.high_total_delta)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.high_completed_delta)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.category_1)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.category_1_total_delta)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.category_1_completed_delta)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.category_2)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.category_2_total_delta)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.category_2_completed_delta)?;
        out.push_bind_param_value_only::<Nullable<Timestamptz>, _>(&self.bucket_1)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.bucket_1_delta)?;
        out.push_bind_param_value_only::<Nullable<Timestamptz>, _>(&self.bucket_2)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.bucket_2_delta)
    }
}

fn category_row(delta: &CategoryDelta) -> CategoryRow<'_> {
    (Some(delta.category.as_str()), delta.total, delta.completed)
}

fn activity_row(delta: &ActivityDelta) -> ActivityRow {
    (Some(delta.bucket), delta.completed)
}
