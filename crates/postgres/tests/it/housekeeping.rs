//! What is removed, and what is not.

use hexado_domain::housekeeping::{Housekeeping, Leftovers};
use hexado_domain::task::share::Sharing;
use hexado_domain::task::{Category, Expected, TaskCreation, TaskDeletion, TaskDraft, TaskStore};
use hexado_domain::testing::fixtures::{draft, noon};
use hexado_postgres::PgHousekeeping;

use crate::support::{Bench, connect};

/// For each kind with an age: the table, and a statement that makes two rows, one of which is a second too old at noon.
const AGED: [(Leftovers, &str, &str); 4] = [
    (
        Leftovers::IdempotencyKeys,
        "idempotency_keys",
        "INSERT INTO idempotency_keys (user_id, key, request_hash, outcome, created_at)
         SELECT 'ann', at::text, decode(repeat('00', 32), 'hex'), '{\"deleted\": 1}', at FROM times",
    ),
    (
        Leftovers::Changes,
        "changes",
        "INSERT INTO changes (user_id, seq, task_id, kind, at)
         SELECT 'ann', row_number() OVER (ORDER BY at), 1, 'deleted', at FROM times",
    ),
    (Leftovers::AuthChanges, "auth_changes", "INSERT INTO auth_changes (user_id, at) SELECT 'ann', at FROM times"),
    (
        Leftovers::BuriedJobs,
        "jobs",
        "INSERT INTO jobs (kind, payload, not_before, buried_at) SELECT 'mail', '{}', at, at FROM times",
    ),
];

const TIMES: &str =
    "CREATE TABLE times AS SELECT unnest(ARRAY['2026-11-21 11:59:59Z', '2026-11-21 12:00:00Z']::timestamptz[]) AS at";

async fn rows(bench: &Bench, table: &str) -> i64 {
    bench.number(&format!("SELECT count(*) FROM {table}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_older_than_told_goes_and_the_rest_stays() {
    let bench = Bench::new().await;
    let housekeeping = PgHousekeeping::new(&bench.postgres);
    bench.execute(TIMES).await;
    for (what, table, insert) in AGED {
        bench.execute(&format!("DELETE FROM {table}")).await;
        bench.execute(insert).await;
        assert_eq!(housekeeping.remove(what, noon(), 1000).await.unwrap(), 1, "{what:?}");
        assert_eq!(housekeeping.remove(what, noon(), 1000).await.unwrap(), 0, "{what:?}");
        assert_eq!(rows(&bench, table).await, 1, "{what:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_can_be_removed() {
    let bench = Bench::new().await;
    for what in Leftovers::ALL {
        PgHousekeeping::new(&bench.postgres).remove(what, noon(), 1000).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_wait_are_no_leftovers() {
    let bench = Bench::new().await;
    bench.execute("INSERT INTO jobs (kind, payload, not_before) VALUES ('mail', '{}', '2020-01-01')").await;
    let removed = PgHousekeeping::new(&bench.postgres).remove(Leftovers::BuriedJobs, noon(), 1000).await;
    assert_eq!(removed.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_are_removed_at_once_than_told() {
    let bench = Bench::new().await;
    bench
        .execute("INSERT INTO auth_changes (user_id, at) SELECT 'ann', '2020-01-01' FROM generate_series(1, 25)")
        .await;
    let housekeeping = PgHousekeeping::new(&bench.postgres);
    for expected in [10, 10, 5, 0] {
        let removed = housekeeping.remove(Leftovers::AuthChanges, noon(), 10).await.unwrap();
        assert_eq!(removed, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_someone_else_holds_is_passed_by() {
    let bench = Bench::new().await;
    bench.execute("INSERT INTO auth_changes (user_id, at) VALUES ('ann', '2020-01-01'), ('bob', '2020-01-01')").await;
    let mut other = connect(bench.database.url()).await;
    let holder = other.transaction().await.unwrap();
    holder.execute("SELECT FROM auth_changes WHERE user_id = 'ann' FOR UPDATE", &[]).await.unwrap();
    let housekeeping = PgHousekeeping::new(&bench.postgres);
    assert_eq!(housekeeping.remove(Leftovers::AuthChanges, noon(), 1000).await.unwrap(), 1);
    holder.rollback().await.unwrap();
    assert_eq!(housekeeping.remove(Leftovers::AuthChanges, noon(), 1000).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_category_without_tasks_is_forgotten_and_counts_again_when_there_is_one() {
    let bench = Bench::new().await;
    let housekeeping = PgHousekeeping::new(&bench.postgres);
    let draft = TaskDraft { category: Category::parse("home").ok(), ..draft("a task") };
    for _ in 0..2 {
        let creation = TaskCreation::new(bench.ann.clone(), draft.clone(), noon());
        let task = bench.tasks.create(&creation, None).await.unwrap();
        assert_eq!(housekeeping.remove(Leftovers::EmptyCategories, noon(), 1000).await.unwrap(), 0);
        let (user_id, expected, sharing) = (bench.ann.clone(), Expected::Any, Sharing::default());
        let deletion = TaskDeletion { user_id, id: task.id, expected, sharing, at: noon() };
        assert!(bench.tasks.delete(&deletion, None).await.unwrap());
        assert_eq!(housekeeping.remove(Leftovers::EmptyCategories, noon(), 1000).await.unwrap(), 1);
        bench.assert_consistent(&bench.ann).await;
    }
}
