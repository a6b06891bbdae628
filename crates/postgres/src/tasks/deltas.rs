//! How a write moves its owner's counters, as values to bind.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz};
use hexado_domain::task::CounterDelta;

/// 14 binds: the columns of `user_counters`, then the columns of `category_counters` and of `activity_counters`, as arrays.
pub(super) struct Deltas<'a> {
    user: [i64; 8],
    categories: Vec<&'a str>,
    categories_total: Vec<i64>,
    categories_completed: Vec<i64>,
    buckets: Vec<DateTime<Utc>>,
    buckets_created: Vec<i64>,
    buckets_completed: Vec<i64>,
}

impl<'a> Deltas<'a> {
    pub(super) fn of(counters: &'a CounterDelta) -> Self {
        let CounterDelta { total, completed, priorities: [low, medium, high], categories, activity } = counters;
        Self {
            user: [
                *total,
                *completed,
                low.total,
                low.completed,
                medium.total,
                medium.completed,
                high.total,
                high.completed,
            ],
            categories: categories.iter().map(|delta| delta.category.as_str()).collect(),
            categories_total: categories.iter().map(|delta| delta.total).collect(),
            categories_completed: categories.iter().map(|delta| delta.completed).collect(),
            buckets: activity.iter().map(|delta| delta.bucket).collect(),
            buckets_created: activity.iter().map(|delta| delta.created).collect(),
            buckets_completed: activity.iter().map(|delta| delta.completed).collect(),
        }
    }

    pub(super) fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for delta in &self.user {
            out.push_bind_param_value_only::<BigInt, _>(delta)?;
        }
        out.push_bind_param_value_only::<Array<Text>, _>(&self.categories)?;
        out.push_bind_param_value_only::<Array<BigInt>, _>(&self.categories_total)?;
        out.push_bind_param_value_only::<Array<BigInt>, _>(&self.categories_completed)?;
        out.push_bind_param_value_only::<Array<Timestamptz>, _>(&self.buckets)?;
        out.push_bind_param_value_only::<Array<BigInt>, _>(&self.buckets_created)?;
        out.push_bind_param_value_only::<Array<BigInt>, _>(&self.buckets_completed)?;
        Ok(())
    }
}
