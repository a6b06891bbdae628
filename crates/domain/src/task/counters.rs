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

/// How the counters of one user move.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CounterDelta {
    pub total: i64,
    pub completed: i64,
    /// Of [`Priority::ALL`], in that order.
    pub priorities: [PriorityDelta; 3],
    /// Each category at most once, and none that does not move.
    pub categories: Vec<CategoryDelta>,
    /// Each bucket at most once, and none that does not move.
    pub activity: Vec<ActivityDelta>,
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
    pub created: i64,
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

impl CounterDelta {
    /// The counters after a task with these facets was made at `at`.
    pub(super) fn creation(facets: Facets<'_>, at: DateTime<Utc>) -> Self {
        let mut delta = Self::default();
        delta.count(facets, 1);
        delta.act(at, 1, 0);
        if let Some(completed_at) = facets.completed_at {
            delta.act(completed_at, 0, 1);
        }
        delta.settled()
    }

    /// The counters after a task was changed.
    pub(super) fn change(before: Facets<'_>, after: Facets<'_>) -> Self {
        let mut delta = Self::default();
        delta.count(before, -1);
        delta.count(after, 1);
        if before.completed_at != after.completed_at {
            if let Some(taken_back) = before.completed_at {
                delta.act(taken_back, 0, -1);
            }
            if let Some(completed_at) = after.completed_at {
                delta.act(completed_at, 0, 1);
            }
        }
        delta.settled()
    }

    fn count(&mut self, facets: Facets<'_>, sign: i64) {
        let completed = if facets.completed_at.is_some() { sign } else { 0 };
        self.total += sign;
        self.completed += completed;
        if let Some(priority) = facets.priority {
            let delta = &mut self.priorities[priority as usize - 1];
            delta.total += sign;
            delta.completed += completed;
        }
        let Some(category) = facets.category else { return };
        match self.categories.iter_mut().find(|delta| delta.category == *category) {
            Some(delta) => {
                delta.total += sign;
                delta.completed += completed;
            }
            None => self.categories.push(CategoryDelta { category: category.clone(), total: sign, completed }),
        }
    }

    fn act(&mut self, time: DateTime<Utc>, created: i64, completed: i64) {
        let bucket = bucket_of(time);
        match self.activity.iter_mut().find(|delta| delta.bucket == bucket) {
            Some(delta) => {
                delta.created += created;
                delta.completed += completed;
            }
            None => self.activity.push(ActivityDelta { bucket, created, completed }),
        }
    }

    fn settled(mut self) -> Self {
        self.categories.retain(|delta| (delta.total, delta.completed) != (0, 0));
        self.activity.retain(|delta| (delta.created, delta.completed) != (0, 0));
        self
    }
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
    fn a_creation_counts_once_under_each_of_its_facets() {
        let work = Category::parse("work").unwrap();
        let now = at("2026-11-21T09:40:00Z");
        let delta = CounterDelta::creation(facets(Some(&work), Some(Priority::High), Some(now)), now);
        assert_eq!((delta.total, delta.completed), (1, 1));
        assert_eq!(delta.priorities[2], PriorityDelta { total: 1, completed: 1 });
        assert_eq!(delta.priorities[0], PriorityDelta::default());
        assert_eq!(delta.categories, [CategoryDelta { category: work, total: 1, completed: 1 }]);
        let bucket = at("2026-11-21T09:30:00Z");
        assert_eq!(delta.activity, [ActivityDelta { bucket, created: 1, completed: 1 }]);
    }

    #[test]
    fn a_change_of_category_moves_the_task_from_one_to_the_other() {
        let (work, home) = (Category::parse("work").unwrap(), Category::parse("home").unwrap());
        let delta = CounterDelta::change(facets(Some(&work), None, None), facets(Some(&home), None, None));
        assert_eq!((delta.total, delta.completed), (0, 0));
        assert_eq!(
            delta.categories,
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
        assert_eq!(delta.activity, [ActivityDelta { bucket: bucket_of(done), created: 0, completed: -1 }]);
    }
}
