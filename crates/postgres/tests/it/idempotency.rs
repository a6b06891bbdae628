//! What only a database can show about attempts: their age, and what is not yet committed.

use std::time::Duration;

use hexado_domain::error::StoreError;
use hexado_domain::idempotency::Attempt;
use hexado_domain::task::{Task, TaskCreation, TaskOutcome, TaskStore};
use hexado_domain::testing::fixtures::{attempt, draft, noon};

use crate::support::{BLOCKED, Bench, connect};

const INSERT: &str = "INSERT INTO idempotency_keys (user_id, key, request_hash, outcome)
    VALUES ('ann', 'key', decode(repeat('00', 32), 'hex'), '{\"deleted\": 1}')";

fn sending() -> Attempt {
    attempt("ann", "key", 7)
}

/// With a short lock limit.
async fn bench() -> Bench {
    Bench::with(|options| options.limits.lock = Duration::from_millis(200)).await
}

async fn create(bench: &Bench, attempt: &Attempt) -> Result<Task, StoreError> {
    bench.tasks.create(&TaskCreation::new(bench.ann.clone(), draft("a task"), noon()), Some(attempt)).await
}

async fn age(bench: &Bench, interval: &str) {
    bench.execute(&format!("UPDATE idempotency_keys SET created_at = now() - interval '{interval}'")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_counts_for_a_day() {
    let bench = Bench::new().await;
    let task = create(&bench, &sending()).await.unwrap();
    age(&bench, "23 hours 59 minutes").await;
    assert!(matches!(create(&bench, &sending()).await, Err(StoreError::Recorded)));
    let recorded = bench.tasks.recorded(&sending()).await.unwrap();
    assert_eq!(recorded.map(|recorded| recorded.outcome), Some(TaskOutcome::Saved(task)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_older_than_a_day_counts_as_none() {
    let bench = Bench::new().await;
    let first = create(&bench, &sending()).await.unwrap();
    age(&bench, "24 hours").await;
    assert_eq!(bench.tasks.recorded(&sending()).await.unwrap(), None);
    let target = bench.tasks.find_for_write(&bench.ann, first.id, Some(&sending())).await.unwrap();
    assert_eq!((target.task, target.recorded), (Some(first.clone()), None));

    let second = create(&bench, &sending()).await.unwrap();
    assert!(second.id > first.id);
    let recorded = bench.tasks.recorded(&sending()).await.unwrap();
    assert_eq!(recorded.map(|recorded| recorded.outcome), Some(TaskOutcome::Saved(second.clone())));

    age(&bench, "24 hours").await;
    let outcome = TaskOutcome::Saved(second);
    bench.tasks.record(&sending(), &outcome).await.unwrap();
    assert!(matches!(bench.tasks.record(&sending(), &outcome).await, Err(StoreError::Recorded)));
    bench.assert_consistent(&bench.ann).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_still_runs_elsewhere_is_in_flight() {
    let bench = bench().await;
    let mut other = connect(bench.database.url()).await;
    let running = other.transaction().await.unwrap();
    running.execute(INSERT, &[]).await.unwrap();
    assert!(matches!(create(&bench, &sending()).await, Err(StoreError::InFlight)));
    // Another key does not wait for it.
    assert!(create(&bench, &attempt("ann", "other", 7)).await.is_ok());
    running.commit().await.unwrap();
    assert!(matches!(create(&bench, &sending()).await, Err(StoreError::Recorded)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_waits_for_its_other_sending() {
    let bench = Bench::new().await;
    let mut other = connect(bench.database.url()).await;
    let running = other.transaction().await.unwrap();
    running.execute(INSERT, &[]).await.unwrap();
    let commit = async {
        bench.until(BLOCKED, 1).await;
        running.commit().await.unwrap();
    };
    let sending = sending();
    let (result, ()) = futures_util::join!(create(&bench, &sending), commit);
    assert!(matches!(result, Err(StoreError::Recorded)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_waits_for_something_else_is_not_in_flight() {
    let bench = bench().await;
    let mut other = connect(bench.database.url()).await;
    let running = other.transaction().await.unwrap();
    running.execute("SELECT FROM user_counters WHERE user_id = 'ann' FOR UPDATE", &[]).await.unwrap();
    assert!(matches!(create(&bench, &sending()).await, Err(StoreError::Unavailable(_))));
    assert_eq!(bench.tasks.recorded(&sending()).await.unwrap(), None);
}
