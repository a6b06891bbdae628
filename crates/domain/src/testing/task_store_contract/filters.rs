//! Which tasks a list has, and how many.

use chrono::TimeDelta;

use super::{Subject, completion, limit, retitle};
use crate::id::TaskId;
use crate::patch::Patch;
use crate::task::{
    Category, Description, DueAt, Expected, Priority, SearchWords, StatusFilter, Task, TaskDraft, TaskFilter,
    TaskPatch, TaskQuery,
};
use crate::testing::fixtures::{draft, noon};

fn category(name: &str) -> Category {
    Category::from_stored(name.to_owned())
}

fn words(text: &str) -> TaskFilter {
    TaskFilter { words: Some(SearchWords::parse(text).unwrap()), ..TaskFilter::default() }
}

fn due(hours: i64) -> DueAt {
    DueAt::from_stored(noon() + TimeDelta::hours(hours))
}

/// Every combination of status, priority, category and due time.
async fn populate(subject: &Subject) -> Vec<Task> {
    let mut tasks = Vec::new();
    for completed in [false, true] {
        for priority in [None, Some(Priority::Low), Some(Priority::High)] {
            for category_name in [None, Some("home"), Some("work")] {
                for due_at in [None, Some(due(0)), Some(due(1))] {
                    let category = category_name.map(category);
                    let wished = TaskDraft { completed, priority, category, due_at, ..draft("a task") };
                    tasks.push(subject.create(wished).await);
                }
            }
        }
    }
    tasks
}

/// Every combination of filters but words.
fn filters() -> Vec<TaskFilter> {
    let mut filters = Vec::new();
    for status in [StatusFilter::All, StatusFilter::Pending, StatusFilter::Completed] {
        for priority in [None, Some(Priority::Low), Some(Priority::Medium), Some(Priority::High)] {
            for category in [None, Some(category("work")), Some(category("Work"))] {
                for (due_after, due_before) in [(None, None), (Some(0), None), (None, Some(1)), (Some(1), Some(2))] {
                    let [due_after, due_before] =
                        [due_after, due_before].map(|hours| hours.map(|hours| due(hours).get()));
                    let category = category.clone();
                    let words = None;
                    filters.push(TaskFilter {
                        shared: false,
                        status,
                        priority,
                        category,
                        words,
                        due_before,
                        due_after,
                    });
                }
            }
        }
    }
    filters
}

fn lets_through(filter: &TaskFilter, task: &Task) -> bool {
    let due = task.due_at.map(DueAt::get);
    let status = match filter.status {
        StatusFilter::All => true,
        StatusFilter::Pending => !task.is_completed(),
        StatusFilter::Completed => task.is_completed(),
    };
    status
        && filter.priority.is_none_or(|priority| task.priority == Some(priority))
        && filter.category.as_ref().is_none_or(|category| task.category.as_ref() == Some(category))
        && filter.due_before.is_none_or(|before| due.is_some_and(|due| due < before))
        && filter.due_after.is_none_or(|after| due.is_some_and(|due| due >= after))
}

impl Subject {
    async fn total(&self, filter: TaskFilter) -> i64 {
        self.list(&TaskQuery { filter, count: true, limit: limit(1), ..TaskQuery::default() }).await.total.unwrap()
    }

    /// The numbers of the tasks that a filter lets through, in growing order.
    async fn ids(&self, filter: TaskFilter) -> Vec<TaskId> {
        let mut ids: Vec<_> = self
            .walk(TaskQuery { filter, limit: limit(100), ..TaskQuery::default() })
            .await
            .iter()
            .map(|task| task.id)
            .collect();
        ids.sort();
        ids
    }
}

pub async fn a_filter_lets_through_what_matches_all_of_it(subject: &Subject) {
    let tasks = populate(subject).await;
    for filter in filters() {
        let expected: Vec<_> = tasks.iter().filter(|task| lets_through(&filter, task)).map(|task| task.id).collect();
        assert_eq!(subject.ids(filter.clone()).await, expected, "{filter:?}");
    }
}

pub async fn due_bounds_include_the_lower_and_exclude_the_upper(subject: &Subject) {
    let task = subject.create(TaskDraft { due_at: Some(due(1)), ..draft("a task") }).await;
    subject.create(draft("without a due time")).await;
    let between = |after: i64, before: i64| TaskFilter {
        due_after: Some(due(after).get()),
        due_before: Some(due(before).get()),
        ..TaskFilter::default()
    };
    assert_eq!(subject.ids(between(1, 2)).await, [task.id]);
    assert_eq!(subject.ids(between(0, 1)).await, []);
}

pub async fn words_are_looked_for_in_title_and_description(subject: &Subject) {
    let description = Some(Description::from_stored("at the Corner shop,\nnot later".into()));
    let milk = subject.create(TaskDraft { description, ..draft("Buy MILK today") }).await;
    let bread = subject.create(draft("Buy bread")).await;
    for (text, expected) in [
        ("milk", vec![milk.id]),
        ("buy", vec![milk.id, bread.id]),
        // All words must be there, whatever their order and wherever they stand.
        ("corner buy", vec![milk.id]),
        ("corner bread", vec![]),
        // Only the last one may be the beginning of a word.
        ("buy br", vec![bread.id]),
        ("br buy", vec![]),
        ("lat", vec![milk.id]),
        ("ater", vec![]),
    ] {
        assert_eq!(subject.ids(words(text)).await, expected, "{text}");
    }
}

pub async fn words_are_never_operators(subject: &Subject) {
    let task = subject.create(draft("it's here: a\\b")).await;
    for text in ["it's", "a\\b", "here:"] {
        assert_eq!(subject.ids(words(text)).await, [task.id], "{text}");
    }
    for text in ["nowhere | here", "!nowhere", "nowhere:*", "nowhere' | 'here", "<-> &", "()", "\\", "'", "%"] {
        assert_eq!(subject.ids(words(text)).await, [], "{text}");
    }
}

pub async fn totals_count_what_all_pages_have_together(subject: &Subject) {
    let tasks = populate(subject).await;
    for filter in filters() {
        let expected = tasks.iter().filter(|task| lets_through(&filter, task)).count();
        assert_eq!(subject.total(filter.clone()).await, expected as i64, "{filter:?}");
    }
    assert_eq!(subject.total(words("task")).await, tasks.len() as i64);
    let nobody = crate::testing::fixtures::user_id("nobody");
    let query = TaskQuery { count: true, ..TaskQuery::default() };
    assert_eq!(subject.store.list(&nobody, &query).await.unwrap().total, Some(0));
}

pub async fn totals_follow_every_write(subject: &Subject) {
    let filter = |status, priority, name: Option<&str>| TaskFilter {
        status,
        priority,
        category: name.map(category),
        ..TaskFilter::default()
    };
    let (work, low) = (Some(category("work")), Some(Priority::Low));
    let task = subject.create(TaskDraft { category: work, priority: low, ..draft("a task") }).await;
    let task = subject.update(&task, completion(true)).await;
    assert_eq!(subject.total(filter(StatusFilter::Completed, low, None)).await, 1);
    assert_eq!(subject.total(filter(StatusFilter::Pending, None, Some("work"))).await, 0);

    let patch = TaskPatch {
        category: Patch::Set(category("home")),
        priority: Patch::Set(Priority::High),
        completed: Some(false),
        ..TaskPatch::default()
    };
    let task = subject.update(&task, patch).await;
    let task = subject.update(&task, retitle("the same task")).await;
    assert_eq!(subject.total(filter(StatusFilter::All, low, None)).await, 0);
    assert_eq!(subject.total(filter(StatusFilter::Pending, Some(Priority::High), None)).await, 1);
    assert_eq!(subject.total(filter(StatusFilter::All, None, Some("work"))).await, 0);
    assert_eq!(subject.total(filter(StatusFilter::Pending, None, Some("home"))).await, 1);

    assert!(subject.delete(&task, Expected::Any).await);
    for status in [StatusFilter::All, StatusFilter::Pending, StatusFilter::Completed] {
        assert_eq!(subject.total(filter(status, None, None)).await, 0);
        assert_eq!(subject.total(filter(status, Some(Priority::High), None)).await, 0);
        assert_eq!(subject.total(filter(status, None, Some("home"))).await, 0);
    }
}
