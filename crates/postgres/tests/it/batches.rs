//! Writes that wait for each other, and then go together.

use futures_util::future::{BoxFuture, join, join_all};
use futures_util::{FutureExt, poll};
use hexado_domain::error::StoreError;
use hexado_domain::idempotency::Attempt;
use hexado_domain::patch::Patch;
use hexado_domain::task::{
    Category, Expected, OWNER_CONSTRAINT, Task, TaskChange, TaskCreation, TaskPatch, TaskStore, rules,
};
use hexado_domain::testing::fixtures::{attempt, draft, noon, title, user_id};
use hexado_postgres::BatchUsage;
use tokio_postgres::Client;

use crate::support::{BLOCKED, Bench, connect};

/// Two whose writes are held up, and others.
const USERS: [&str; 8] = ["held-1", "held-2", "cid", "dan", "eve", "fay", "gus", "hal"];
const HELD: usize = 2;

async fn bench() -> (Bench, Client) {
    let bench = Bench::new().await;
    bench.register(&USERS).await;
    let other = connect(bench.database.url()).await;
    (bench, other)
}

async fn create(bench: &Bench, owner: &str, attempt: Option<&Attempt>) -> Result<Task, StoreError> {
    bench.tasks.create(&TaskCreation::new(user_id(owner), draft("a task"), noon()), attempt).await
}

/// Runs `writes` while as many others as may be are under way, so that they all wait, and then go together.
async fn together<'a, T>(bench: &'a Bench, other: &mut Client, writes: Vec<BoxFuture<'a, T>>) -> Vec<T> {
    let held = other.transaction().await.unwrap();
    held.execute("SELECT FROM user_counters WHERE user_id LIKE 'held-%' FOR UPDATE", &[]).await.unwrap();
    let before = join_all(USERS[..HELD].iter().map(|user| create(bench, user, None)));
    let then = async {
        bench.until(BLOCKED, HELD as i64).await;
        // All of them are in line before there is a place.
        let mut writes = join_all(writes);
        assert!(poll!(&mut writes).is_pending());
        held.commit().await.unwrap();
        writes.await
    };
    let (before, written) = join(before, then).await;
    assert!(before.iter().all(Result::is_ok), "{before:?}");
    written
}

async fn assert_consistent(bench: &Bench) {
    for user in USERS {
        bench.assert_consistent(&user_id(user)).await;
    }
}

/// Another title, and another category, which moves counters, for some.
fn change(task: &Task, category: Option<&str>) -> TaskChange {
    let category = category.map_or(Patch::Keep, |name| Patch::Set(Category::parse(name).unwrap()));
    let patch = TaskPatch { title: Some(title("another title")), category, ..TaskPatch::default() };
    rules::update(task, patch, &Expected::Any, noon()).unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_gets_the_task_that_it_created() {
    let (bench, mut other) = bench().await;
    let keys: Vec<_> =
        USERS.iter().enumerate().map(|(n, user)| n.is_multiple_of(2).then(|| attempt(user, "key", 1))).collect();
    let creations =
        USERS[HELD..].iter().zip(&keys[HELD..]).map(|(user, key)| create(&bench, user, key.as_ref()).boxed());
    let created = together(&bench, &mut other, creations.collect()).await;
    for (user, task) in USERS[HELD..].iter().zip(&created) {
        let task = task.as_ref().unwrap();
        assert_eq!(task.user_id, user_id(user));
        assert_eq!(bench.tasks.find(&task.user_id, task.id).await.unwrap().as_ref(), Some(task));
    }
    for (task, key) in created.iter().zip(&keys[HELD..]).filter_map(|(task, key)| Some((task, key.as_ref()?))) {
        let recorded = bench.tasks.recorded(key).await.unwrap().unwrap();
        assert_eq!(recorded.fingerprint, key.fingerprint);
        assert_eq!(format!("{:?}", recorded.outcome), format!("Saved({:?})", task.as_ref().unwrap()));
    }
    assert_consistent(&bench).await;
    // The two that were held up went alone.
    let usage = bench.postgres.usage().batches;
    assert_eq!(usage, BatchUsage { waiting: 0, batches: HELD as u64 + 1, writes: USERS.len() as u64 });
}

#[tokio::test(flavor = "multi_thread")]
async fn each_gets_the_task_that_it_changed() {
    let (bench, mut other) = bench().await;
    let tasks = join_all(USERS[HELD..].iter().map(|user| create(&bench, user, None))).await;
    let tasks: Vec<Task> = tasks.into_iter().map(Result::unwrap).collect();
    // They are held up by updates of two more.
    let held = join_all(USERS[..HELD].iter().map(|user| create(&bench, user, None))).await;
    let held: Vec<_> = held.into_iter().map(|task| change(&task.unwrap(), None)).collect();
    let changes: Vec<_> = tasks.iter().enumerate().map(|(n, task)| change(task, [None, Some("home")][n % 2])).collect();
    let keys: Vec<_> = changes.iter().map(|change| attempt(change.task.user_id.as_str(), "key", 2)).collect();
    // One of them comes too late.
    bench.execute("UPDATE tasks SET version = 7 WHERE user_id = 'hal'").await;

    let lock = other.transaction().await.unwrap();
    lock.execute("SELECT FROM user_counters WHERE user_id LIKE 'held-%' FOR UPDATE", &[]).await.unwrap();
    let before = join_all(held.iter().map(|change| bench.tasks.update(change, None)));
    let then = async {
        bench.until(BLOCKED, HELD as i64).await;
        let key = |n: usize| n.is_multiple_of(3).then_some(&keys[n]);
        let mut updates = join_all(changes.iter().enumerate().map(|(n, change)| bench.tasks.update(change, key(n))));
        assert!(poll!(&mut updates).is_pending());
        lock.commit().await.unwrap();
        updates.await
    };
    let (before, updated) = join(before, then).await;
    assert!(before.iter().all(Result::is_ok), "{before:?}");
    for (change, task) in changes.iter().zip(&updated) {
        match change.task.user_id.as_str() {
            "hal" => assert!(matches!(task, Err(StoreError::Stale)), "{task:?}"),
            _ => assert_eq!(task.as_ref().unwrap(), &change.task),
        }
    }
    assert!(bench.tasks.recorded(&keys[0]).await.unwrap().is_some());
    assert!(bench.tasks.recorded(&keys[1]).await.unwrap().is_none());
    for user in USERS.iter().filter(|user| **user != "hal") {
        bench.assert_consistent(&user_id(user)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_takes_nobody_with_them() {
    let (bench, mut other) = bench().await;
    let repeated = attempt("cid", "key", 1);
    create(&bench, "cid", Some(&repeated)).await.unwrap();
    let unfit = TaskCreation::new(user_id("dan"), draft(&"x".repeat(201)), noon());
    let writes = vec![
        create(&bench, "cid", Some(&repeated)).boxed(),
        bench.tasks.create(&unfit, None).boxed(),
        create(&bench, "nobody", None).boxed(),
        create(&bench, "eve", None).boxed(),
        create(&bench, "fay", Some(&repeated)).boxed(),
        create(&bench, "gus", None).boxed(),
    ];
    let written = together(&bench, &mut other, writes).await;
    assert!(matches!(&written[0], Err(StoreError::Recorded)), "{:?}", written[0]);
    assert!(matches!(&written[1], Err(StoreError::Unexpected(_))), "{:?}", written[1]);
    assert!(
        matches!(&written[2], Err(StoreError::Conflict { constraint }) if constraint == OWNER_CONSTRAINT),
        "{:?}",
        written[2]
    );
    assert!(matches!(&written[4], Err(StoreError::Recorded)), "{:?}", written[4]);
    assert!(written[3].is_ok() && written[5].is_ok(), "{written:?}");
    let count = "SELECT count(*) FROM tasks WHERE user_id IN ('cid', 'dan', 'eve', 'fay', 'gus')";
    assert_eq!(bench.number(count).await, 3);
    assert_consistent(&bench).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_has_to_wait_holds_up_nobody_else() {
    let (bench, mut other) = bench().await;
    let held = other.transaction().await.unwrap();
    held.execute("SELECT FROM user_counters WHERE user_id = 'cid' FOR UPDATE", &[]).await.unwrap();
    let waiting = join_all((0..5).map(|_| create(&bench, "cid", None)));
    let meanwhile = async {
        // One in a batch, the others by themselves.
        bench.until(BLOCKED, 5).await;
        for user in ["dan", "eve", "dan"] {
            create(&bench, user, None).await.unwrap();
        }
        held.commit().await.unwrap();
    };
    let (created, ()) = join(waiting, meanwhile).await;
    assert!(created.iter().all(Result::is_ok), "{created:?}");
    assert_consistent(&bench).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gives_up_in_line_has_written_nothing() {
    let (bench, mut other) = bench().await;
    let held = other.transaction().await.unwrap();
    held.execute("SELECT FROM user_counters WHERE user_id LIKE 'held-%' FOR UPDATE", &[]).await.unwrap();
    let before = join_all(USERS[..HELD].iter().map(|user| create(&bench, user, None)));
    let then = async {
        bench.until(BLOCKED, HELD as i64).await;
        let (mut given_up, mut kept) = (create(&bench, "cid", None).boxed(), create(&bench, "dan", None).boxed());
        assert!(poll!(&mut given_up).is_pending() && poll!(&mut kept).is_pending());
        drop(given_up);
        held.commit().await.unwrap();
        kept.await.unwrap();
    };
    join(before, then).await;
    assert_eq!(bench.number("SELECT count(*) FROM tasks WHERE user_id = 'cid'").await, 0);
    assert_consistent(&bench).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_connection_tells_all_that_their_outcome_is_unknown() {
    let (bench, mut other) = bench().await;
    let held = other.transaction().await.unwrap();
    // In the way of the third batch only, which comes to it after the first two.
    held.execute("SELECT FROM user_counters WHERE user_id LIKE 'held-%' OR user_id = 'hal' FOR UPDATE", &[])
        .await
        .unwrap();
    let before = join_all(USERS[..HELD].iter().map(|user| create(&bench, user, None)));
    let blocked = "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
        AND datname = current_database()";
    let then = async {
        bench.until(BLOCKED, HELD as i64).await;
        let mut writes = join_all(USERS[HELD..].iter().map(|user| create(&bench, user, None)));
        assert!(poll!(&mut writes).is_pending());
        let killed = bench.admin.query(blocked, &[]).await.unwrap();
        let killed: Vec<_> = killed.iter().map(|row| row.get::<_, i32>("pid").to_string()).collect();
        let kill = async {
            // Those that were killed may still be seen for a moment.
            let third = format!("{BLOCKED} AND pid NOT IN ({})", killed.join(", "));
            bench.until(&third, 1).await;
            bench.admin.execute(blocked, &[]).await.unwrap();
        };
        let (written, ()) = join(writes, kill).await;
        written
    };
    let (before, written) = join(before, then).await;
    held.rollback().await.unwrap();
    for answer in before.iter().chain(&written) {
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    }
    assert_eq!(bench.number("SELECT count(*) FROM tasks").await, 0);
    assert!(create(&bench, "cid", None).await.is_ok());
    assert_consistent(&bench).await;
}
