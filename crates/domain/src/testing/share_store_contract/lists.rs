//! Lists of what others share.

use super::Subject;
use crate::id::UserId;
use crate::page::Limit;
use crate::task::share::Access;
use crate::task::{
    Category, DueAt, Priority, SearchWords, SortField, StatusFilter, Task, TaskCursor, TaskDraft, TaskFilter,
    TaskQuery, TaskSort,
};
use crate::testing::fixtures::{draft, noon, title};

/// A filter, and whether it lets a task through.
type Case = (TaskFilter, fn(&Task) -> bool);

fn shared(filter: TaskFilter) -> TaskQuery {
    TaskQuery { filter: TaskFilter { shared: true, ..filter }, ..TaskQuery::default() }
}

async fn ids(subject: &Subject, user: &UserId, query: &TaskQuery) -> Vec<i64> {
    let page = subject.tasks.list(user, query).await.unwrap();
    page.items.iter().map(|task| task.id.get()).collect()
}

/// Of two owners, each some tasks that are shared, and some that are not; and one of the sharee's own.
async fn populate(subject: &Subject) -> Vec<Task> {
    let mut tasks = Vec::new();
    for i in 0..12_usize {
        let owner = if i % 2 == 0 { &subject.owner } else { &subject.stranger };
        let wished = TaskDraft {
            title: title(["b", "A", "c"][i % 3]),
            priority: [None, Some(Priority::High), Some(Priority::Low)][i % 3],
            due_at: (i % 4 != 0).then(|| DueAt::from_stored(noon() + chrono::TimeDelta::days(i as i64 % 5))),
            category: (i % 3 == 0).then(|| Category::from_stored("work".to_owned())),
            completed: i % 5 == 0,
            ..draft("")
        };
        let task = subject.create(owner, wished.clone()).await;
        subject.share(&task, &subject.sharee, [Access::View, Access::Edit][i % 2]).await;
        tasks.push(task);
        subject.create(owner, wished).await;
    }
    subject.create(&subject.sharee, draft("my own")).await;
    let revoked = subject.create(&subject.owner, draft("no longer")).await;
    subject.share(&revoked, &subject.sharee, Access::View).await;
    subject.unshare(&revoked, &subject.sharee).await;
    tasks
}

pub async fn a_list_of_shared_tasks_has_those_of_others_in_every_order(subject: &Subject) {
    let tasks = populate(subject).await;
    let mut all: Vec<_> = tasks.iter().map(|task| task.id.get()).collect();
    for field in SortField::ALL {
        for descending in [false, true] {
            let sort = TaskSort { field, descending };
            let mut query = TaskQuery { sort, limit: Limit::new(5).unwrap(), ..shared(TaskFilter::default()) };
            let in_one = TaskQuery { limit: Limit::new(100).unwrap(), ..query.clone() };
            let whole = ids(subject, &subject.sharee, &in_one).await;
            let mut paged = Vec::new();
            loop {
                let page = subject.tasks.list(&subject.sharee, &query).await.unwrap();
                paged.extend(page.items.iter().map(|task| task.id.get()));
                let Some(last) = page.items.last().filter(|_| page.more) else { break };
                query.after = Some(TaskCursor::behind(last, field));
            }
            assert_eq!(paged, whole, "{sort:?}");
            paged.sort_unstable();
            all.sort_unstable();
            assert_eq!(paged, all, "{sort:?}");
        }
    }
    // Own tasks are no shared ones, for nobody.
    assert_eq!(ids(subject, &subject.owner, &shared(TaskFilter::default())).await, [] as [i64; 0]);
    assert_eq!(ids(subject, &subject.sharee, &TaskQuery::default()).await.len(), 1);
}

pub async fn a_list_of_shared_tasks_is_filtered_and_counted(subject: &Subject) {
    let tasks = populate(subject).await;
    let filters: [Case; 6] = [
        (TaskFilter::default(), |_| true),
        (TaskFilter { status: StatusFilter::Completed, ..TaskFilter::default() }, Task::is_completed),
        (TaskFilter { priority: Some(Priority::High), ..TaskFilter::default() }, |task| {
            task.priority == Some(Priority::High)
        }),
        (TaskFilter { category: Category::parse("work").ok(), ..TaskFilter::default() }, |task| {
            task.category.is_some()
        }),
        (TaskFilter { words: SearchWords::parse("c").ok(), ..TaskFilter::default() }, |task| {
            task.title.as_str() == "c"
        }),
        (TaskFilter { due_before: Some(noon() + chrono::TimeDelta::days(2)), ..TaskFilter::default() }, |task| {
            task.due_at.is_some_and(|due| due.get() < noon() + chrono::TimeDelta::days(2))
        }),
    ];
    for (filter, matches) in filters {
        let mut expected: Vec<_> = tasks.iter().filter(|task| matches(task)).map(|task| task.id.get()).collect();
        expected.reverse();
        assert!(!expected.is_empty());
        let query = TaskQuery { limit: Limit::new(2).unwrap(), count: true, ..shared(filter) };
        let page = subject.tasks.list(&subject.sharee, &query).await.unwrap();
        assert_eq!(page.total, Some(expected.len() as i64), "{query:?}");
        let query = TaskQuery { limit: Limit::new(100).unwrap(), ..query };
        assert_eq!(ids(subject, &subject.sharee, &query).await, expected, "{query:?}");
    }
}
