//! Many who write at the same time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::try_join_all;
use hexado_domain::access::rules::Owner;
use hexado_domain::error::StoreError;
use hexado_domain::id::TaskId;
use hexado_domain::patch::Patch;
use hexado_domain::task::share::Sharing;
use hexado_domain::task::{
    Category, Description, Expected, TaskCreation, TaskDeletion, TaskError, TaskPatch, TaskService, TaskStore, rules,
};
use hexado_domain::testing::fixtures::{actor, draft, noon};
use serde_json::Value;

use crate::support::{Bench, connect};

const ROUNDS: usize = 1000;

#[tokio::test(flavor = "multi_thread")]
async fn two_writers_of_one_task_lose_no_update() {
    let bench = Bench::new().await;
    let (service, _) = bench.service();
    let ann = actor("ann");
    let id = service.create(&ann, &Owner::Caller, draft("a task"), None).await.unwrap().outcome.id;

    // Each counts in a field of its own: who stored an old version would set the other one's count back. Between two rounds
    // each looks at the task, as a client does; who only writes is always a moment ahead of the one who lost to them.
    let count = async |patch: fn(String) -> TaskPatch| {
        for round in 0..ROUNDS {
            service.update(&ann, &Owner::Caller, id, patch(round.to_string()), &Expected::Any, None).await?;
            service.find(&ann, &Owner::Caller, id).await?;
        }
        Ok::<_, TaskError>(())
    };
    let description =
        |text| TaskPatch { description: Patch::Set(Description::from_stored(text)), ..TaskPatch::default() };
    let category = |text| TaskPatch { category: Patch::Set(Category::from_stored(text)), ..TaskPatch::default() };
    futures_util::try_join!(count(description), count(category)).unwrap();

    let task = service.find(&ann, &Owner::Caller, id).await.unwrap();
    assert_eq!(task.version.get(), 1 + 2 * ROUNDS as i64);
    let last = (ROUNDS - 1).to_string();
    assert_eq!(task.description.as_ref().map(Description::as_str), Some(&*last));
    assert_eq!(task.category.as_ref().map(Category::as_str), Some(&*last));
    let set_back = "SELECT count(*) FROM (
        SELECT (payload ->> 'description')::int - lag((payload ->> 'description')::int) OVER w AS description,
               (payload ->> 'category')::int - lag((payload ->> 'category')::int) OVER w AS category
        FROM changes WINDOW w AS (ORDER BY seq)
    ) AS steps WHERE description < 0 OR category < 0 OR description + category > 1";
    assert_eq!(bench.number(set_back).await, 0);
    bench.assert_consistent(&bench.ann).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_follows_the_log_of_sixteen_writers_misses_nothing() {
    let bench = Bench::new().await;
    let (service, _) = bench.service();
    let done = AtomicBool::new(false);
    let writing = async {
        try_join_all((0..16).map(|writer| write_much(&service, writer))).await.unwrap();
        done.store(true, Ordering::Release);
    };
    let ((), replayed) = futures_util::join!(writing, follow(&bench, &done));

    let rows = bench
        .admin
        .query("SELECT id, (to_jsonb(tasks) - ARRAY['title_key', 'sharing'])::text FROM tasks", &[])
        .await
        .unwrap();
    let tasks: BTreeMap<i64, Value> = rows.iter().map(|row| (row.get(0), parse(row.get(1)))).collect();
    assert!(!tasks.is_empty());
    assert_eq!(replayed, tasks);
    bench.assert_consistent(&bench.ann).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_and_a_deletion_at_the_same_moment_leave_the_counters_right() {
    let bench = Bench::new().await;
    for round in 0..50 {
        let creation = TaskCreation::new(bench.ann.clone(), draft("a task"), noon());
        let task = bench.tasks.create(&creation, None).await.unwrap();
        // A category whose counters only the update makes: the deletion must find them though they are younger than itself.
        let category = Patch::Set(Category::from_stored(format!("category {round}")));
        let patch = TaskPatch { category, ..TaskPatch::default() };
        let change = rules::update(&task, patch, &Expected::Any, noon()).unwrap().unwrap();
        let (user_id, expected, sharing) = (task.user_id, Expected::Any, Sharing::default());
        let deletion = TaskDeletion { user_id, id: task.id, expected, sharing, at: noon() };
        let (updated, deleted) =
            futures_util::join!(bench.tasks.update(&change, None), bench.tasks.delete(&deletion, None));
        assert!(matches!(updated, Ok(_) | Err(StoreError::Stale)), "{updated:?}");
        assert!(deleted.unwrap());
    }
    assert_eq!(bench.number("SELECT count(*) FROM tasks").await, 0);
    bench.assert_consistent(&bench.ann).await;
}

async fn write_much(service: &TaskService, writer: usize) -> Result<(), TaskError> {
    let (ann, own) = (actor("ann"), Owner::Caller);
    let mut mine: Vec<TaskId> = Vec::new();
    for round in 0..40 {
        mine.push(service.create(&ann, &own, draft(&format!("{writer}/{round}")), None).await?.outcome.id);
        let patch = TaskPatch { completed: Some(round % 3 != 0), ..TaskPatch::default() };
        service.update(&ann, &own, mine[mine.len() / 2], patch, &Expected::Any, None).await?;
        if round % 4 == 3 {
            service.delete(&ann, &own, mine.remove(0), &Expected::Any, None).await?;
        }
    }
    Ok(())
}

/// Replays the log as it grows, each time from the last number on.
async fn follow(bench: &Bench, done: &AtomicBool) -> BTreeMap<i64, Value> {
    let reader = connect(bench.database.url()).await;
    let news = "SELECT seq, task_id, payload::text FROM changes WHERE user_id = 'ann' AND seq > $1 ORDER BY seq";
    let news = reader.prepare(news).await.unwrap();
    let mut tasks = BTreeMap::new();
    let mut last = 0_i64;
    loop {
        let was_done = done.load(Ordering::Acquire);
        let rows = reader.query(&news, &[&last]).await.unwrap();
        for row in &rows {
            assert_eq!(row.get::<_, i64>(0), last + 1, "a number is missing");
            last += 1;
            match row.get::<_, Option<&str>>(2) {
                Some(payload) => tasks.insert(row.get(1), parse(payload)),
                None => tasks.remove(&row.get(1)),
            };
        }
        if was_done && rows.is_empty() {
            return tasks;
        }
    }
}

fn parse(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}
