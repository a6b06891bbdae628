//! The order of lists, and how pages follow each other.

use std::cmp::Ordering;

use chrono::TimeDelta;

use super::{Subject, limit};
use crate::task::{
    DueAt, Expected, Priority, SortField, Task, TaskCreation, TaskCursor, TaskDraft, TaskQuery, TaskSort,
};
use crate::testing::fixtures::{draft, noon, title};

/// Tasks whose keys are equal, missing and in no order.
async fn populate(subject: &Subject) -> Vec<Task> {
    let mut tasks = Vec::new();
    for i in 0..23_usize {
        let due = |days| Some(DueAt::from_stored(noon() + TimeDelta::days(days)));
        let wished = TaskDraft {
            title: title(["b", "A", "a", "Z", "ä", "Ä", "2", "10"][i % 8]),
            priority: [None, Some(Priority::High), Some(Priority::Low), Some(Priority::Medium)][i % 4],
            due_at: [None, due(3), due(-1), due(3), None, due(0)][i % 6],
            completed: i % 5 == 0,
            ..draft("")
        };
        let minutes = [4, 2, 4, 0, 2][i % 5];
        tasks.push(subject.create_at(wished, noon() + TimeDelta::minutes(minutes)).await);
    }
    tasks
}

fn sorts() -> impl Iterator<Item = TaskSort> {
    let directions = |field| [false, true].map(|descending| TaskSort { field, descending });
    SortField::ALL.into_iter().flat_map(directions)
}

/// The tasks in the order that [`TaskSort`] speaks of.
fn ordered(tasks: &[Task], sort: TaskSort) -> Vec<Task> {
    let directed = |order: Ordering| if sort.descending { order.reverse() } else { order };
    let mut tasks = tasks.to_vec();
    tasks.sort_by(|a, b| match (key(a, sort.field), key(b, sort.field)) {
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (a_key, b_key) => directed((a_key, a.id).cmp(&(b_key, b.id))),
    });
    tasks
}

/// What a task is ordered by, as bytes in the same order.
fn key(task: &Task, field: SortField) -> Option<Vec<u8>> {
    let moment = |time: chrono::DateTime<chrono::Utc>| time.timestamp_micros().to_be_bytes().to_vec();
    match field {
        SortField::CreatedAt => Some(moment(task.created_at)),
        SortField::DueAt => task.due_at.map(|due| moment(due.get())),
        SortField::Priority => task.priority.map(|priority| vec![priority as u8]),
        SortField::Title => Some(task.title.sort_key().into_bytes()),
    }
}

fn next(query: &TaskQuery, last: &Task) -> TaskQuery {
    TaskQuery { after: Some(TaskCursor::behind(last, query.sort.field)), ..query.clone() }
}

impl Subject {
    /// All pages that follow from `query` on.
    pub(super) async fn walk(&self, mut query: TaskQuery) -> Vec<Task> {
        let mut tasks: Vec<Task> = Vec::new();
        loop {
            let page = self.list(&query).await;
            assert!(page.items.len() <= query.limit.get());
            assert!(!page.more || page.items.len() == query.limit.get(), "a page that is followed by another is full");
            tasks.extend(page.items);
            match tasks.last() {
                Some(last) if page.more => query = next(&query, last),
                _ => return tasks,
            }
        }
    }
}

pub async fn a_list_has_the_tasks_of_its_owner(subject: &Subject) {
    let own = subject.create(draft("own")).await;
    let foreign = TaskCreation::new(subject.stranger.clone(), draft("foreign"), noon());
    let foreign = subject.store.create(&foreign, None).await.unwrap();
    assert_eq!(subject.all().await, [own]);
    let theirs = subject.store.list(&subject.stranger, &TaskQuery::default()).await.unwrap();
    assert_eq!((theirs.items, theirs.more, theirs.total), (vec![foreign], false, None));
}

pub async fn pages_follow_each_other_in_every_order(subject: &Subject) {
    let tasks = populate(subject).await;
    for sort in sorts() {
        for size in [1, 4, 100] {
            let walked = subject.walk(TaskQuery { sort, limit: limit(size), ..TaskQuery::default() }).await;
            assert_eq!(walked, ordered(&tasks, sort), "{sort:?} by {size}");
        }
    }
}

pub async fn what_has_no_value_comes_last_in_either_direction(subject: &Subject) {
    let without = subject.create(draft("without")).await;
    let due = DueAt::from_stored(noon());
    let with = subject.create(TaskDraft { due_at: Some(due), priority: Some(Priority::Low), ..draft("with") }).await;
    for field in [SortField::DueAt, SortField::Priority] {
        for descending in [false, true] {
            let sort = TaskSort { field, descending };
            let listed = subject.list(&TaskQuery { sort, ..TaskQuery::default() }).await.items;
            assert_eq!(listed, [with.clone(), without.clone()], "{sort:?}");
        }
    }
}

pub async fn titles_are_ordered_without_regard_to_case(subject: &Subject) {
    for text in ["b", "A", "Ä", "a", "Z", "ä"] {
        subject.create(draft(text)).await;
    }
    let sort = TaskSort { field: SortField::Title, descending: false };
    let listed = subject.list(&TaskQuery { sort, ..TaskQuery::default() }).await.items;
    let titles: Vec<_> = listed.iter().map(|task| task.title.as_str()).collect();
    assert_eq!(titles, ["A", "a", "b", "Z", "Ä", "ä"]);
}

pub async fn a_cursor_keeps_its_place_while_tasks_come_and_go(subject: &Subject) {
    let tasks = populate(subject).await;
    for sort in sorts() {
        let query = TaskQuery { sort, limit: limit(7), ..TaskQuery::default() };
        let first = subject.list(&query).await.items;
        let last = first.last().unwrap();
        let rest = &ordered(&tasks, sort)[7..];

        // One like the first of all, and one like the last of the page, which goes away again.
        let early = TaskDraft {
            due_at: first[0].due_at,
            priority: first[0].priority,
            title: first[0].title.clone(),
            ..draft("")
        };
        let early = subject.create_at(early, first[0].created_at).await;
        let walked = subject.walk(next(&query, last)).await;
        let walked: Vec<_> = walked.into_iter().filter(|task| task.id != early.id).collect();
        assert_eq!(walked, rest, "{sort:?}");
        assert!(subject.delete(&early, Expected::Any).await);
    }
    // The place stays though the task that marked it is gone.
    let query = TaskQuery { limit: limit(7), ..TaskQuery::default() };
    let last = subject.list(&query).await.items.pop().unwrap();
    assert!(subject.delete(&last, Expected::Any).await);
    assert_eq!(subject.walk(next(&query, &last)).await, &ordered(&tasks, query.sort)[7..]);
}

pub async fn there_is_more_exactly_when_a_task_follows(subject: &Subject) {
    for i in 0..4 {
        subject.create(draft(&i.to_string())).await;
    }
    for (size, more) in [(3, true), (4, false), (5, false)] {
        let page = subject.list(&TaskQuery { limit: limit(size), ..TaskQuery::default() }).await;
        assert_eq!((page.items.len(), page.more), (4.min(size as usize), more), "{size}");
    }
}
