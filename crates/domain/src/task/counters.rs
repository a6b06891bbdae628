//! By how much a change moves its owner's counters.
//!
//! The version that a change is made from guarantees the old values, so the difference can be told before it is stored,
//! and no number ever has to be counted.

use chrono::{DateTime, TimeDelta, Utc};

use super::model::Task;
use super::values::{Category, Priority};

/// Activity is counted in buckets of 15 minutes UTC: every time zone's days are made of whole ones.
pub const BUCKET: TimeDelta = TimeDelta::minutes(15);

/// The start of the bucket that `time` lies in.
pub fn bucket_of(time: DateTime<Utc>) -> DateTime<Utc> {
    let seconds = time.timestamp();
    DateTime::from_timestamp(seconds - seconds.rem_euclid(BUCKET.num_seconds()), 0).unwrap_or(time)
}

/// How a changed task moves the counters of its owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CounterDelta {
    pub completed: i64,
    /// Of [`Priority::ALL`], in that order.
    pub priorities: [PriorityDelta; 3],
    /// What the task leaves and what it comes to, if they differ; none that does not move.
    pub categories: [Option<CategoryDelta>; 2],
    /// Where a completion is taken back and where it is counted, if they differ; none that does not move.
    pub activity: [Option<ActivityDelta>; 2],
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PriorityDelta {
    pub total: i64,
    pub completed: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryDelta {
    pub category: Category,
    pub total: i64,
    pub completed: i64,
}

/// What happened in a bucket. A task that is reopened takes its completion back; one that is deleted takes nothing back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActivityDelta {
    pub bucket: DateTime<Utc>,
    pub completed: i64,
}

/// What a task is counted under.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facets<'a> {
    pub category: Option<&'a Category>,
    pub priority: Option<Priority>,
    pub completed_at: Option<DateTime<Utc>>,
}

impl<'a> Facets<'a> {
    pub(super) fn of(task: &'a Task) -> Self {
        Self { category: task.category.as_ref(), priority: task.priority, completed_at: task.completed_at }
    }
}

impl Facets<'_> {
    fn completed(&self) -> i64 {
        i64::from(self.completed_at.is_some())
    }
}

impl CounterDelta {
    /// Whether no counter moves.
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// How they move when a task with the facets `before` comes to have those of `after`.
    pub(super) fn change(before: Facets<'_>, after: Facets<'_>) -> Self {
        let mut priorities = [PriorityDelta::default(); 3];
        for (facets, sign) in [(before, -1), (after, 1)] {
            if let Some(priority) = facets.priority {
                let delta = &mut priorities[priority as usize - 1];
                delta.total += sign;
                delta.completed += sign * facets.completed();
            }
        }
        Self {
            completed: after.completed() - before.completed(),
            priorities,
            categories: categories(before, after),
            activity: activity(before.completed_at, after.completed_at),
        }
    }
}

fn categories(before: Facets<'_>, after: Facets<'_>) -> [Option<CategoryDelta>; 2] {
    let delta = |category: &Category, total, completed| CategoryDelta { category: category.clone(), total, completed };
    if before.category == after.category {
        let completed = after.completed() - before.completed();
        return [after.category.filter(|_| completed != 0).map(|category| delta(category, 0, completed)), None];
    }
    [
        before.category.map(|category| delta(category, -1, -before.completed())),
        after.category.map(|category| delta(category, 1, after.completed())),
    ]
}

fn activity(before: Option<DateTime<Utc>>, after: Option<DateTime<Utc>>) -> [Option<ActivityDelta>; 2] {
    let (before, after) = (before.map(bucket_of), after.map(bucket_of));
    if before == after {
        return [None, None];
    }
    [
        before.map(|bucket| ActivityDelta { bucket, completed: -1 }),
        after.map(|bucket| ActivityDelta { bucket, completed: 1 }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn facets(category: Option<&Category>, priority: Option<Priority>, done: Option<DateTime<Utc>>) -> Facets<'_> {
        Facets { category, priority, completed_at: done }
    }

    #[test]
    fn buckets_are_quarters_of_an_hour() {
        assert_eq!(bucket_of(at("2026-11-21T09:44:59.999Z")), at("2026-11-21T09:30:00Z"));
        assert_eq!(bucket_of(at("2026-11-21T09:45:00Z")), at("2026-11-21T09:45:00Z"));
        assert_eq!(bucket_of(at("1969-12-31T23:59:59Z")), at("1969-12-31T23:45:00Z"));
    }

    #[test]
    fn a_change_of_category_moves_the_task_from_one_to_the_other() {
        let (work, home) = (Category::parse("work").unwrap(), Category::parse("home").unwrap());
        let delta = CounterDelta::change(facets(Some(&work), None, None), facets(Some(&home), None, None));
        assert_eq!(delta.completed, 0);
        assert_eq!(
            delta.categories.map(Option::unwrap),
            [
                CategoryDelta { category: work, total: -1, completed: 0 },
                CategoryDelta { category: home, total: 1, completed: 0 }
            ]
        );
    }

    #[test]
    fn a_change_of_the_title_alone_moves_nothing() {
        let work = Category::parse("work").unwrap();
        let same = facets(Some(&work), Some(Priority::Low), Some(at("2026-11-21T09:40:00Z")));
        assert_eq!(CounterDelta::change(same, same), CounterDelta::default());
    }

    #[test]
    fn reopening_takes_the_completion_back_where_it_was_counted() {
        let done = at("2026-11-20T08:01:00Z");
        let delta = CounterDelta::change(facets(None, None, Some(done)), facets(None, None, None));
        assert_eq!(delta.completed, -1);
        assert_eq!(delta.activity, [Some(ActivityDelta { bucket: bucket_of(done), completed: -1 }), None]);
    }

    #[test]
    fn completing_counts_under_each_facet_of_the_task() {
        let work = Category::parse("work").unwrap();
        let now = at("2026-11-21T09:40:00Z");
        let before = facets(Some(&work), Some(Priority::High), None);
        let delta = CounterDelta::change(before, Facets { completed_at: Some(now), ..before });
        assert_eq!(delta.completed, 1);
        assert_eq!(delta.priorities[2], PriorityDelta { total: 0, completed: 1 });
        assert_eq!(delta.priorities[0], PriorityDelta::default());
        assert_eq!(delta.activity, [None, Some(ActivityDelta { bucket: at("2026-11-21T09:30:00Z"), completed: 1 })]);
        assert_eq!(delta.categories, [Some(CategoryDelta { category: work, total: 0, completed: 1 }), None]);
    }
}
