//! What real faults of the server become.

use std::time::Duration;

use hexado_domain::error::StoreError;
use hexado_domain::health::Probe;
use hexado_domain::id::UserId;
use hexado_domain::identity::UserStore;
use hexado_domain::page::Page;
use hexado_domain::task::{Expected, Task, TaskCreation, TaskPatch, TaskQuery, TaskStore, rules};
use hexado_domain::testing::fixtures::{draft, noon, title, user_id};
use hexado_postgres::{Options, PgProbe, PgTaskStore, PgUserStore, Postgres};
use tokio_postgres::Transaction;

use crate::support::{BLOCKED, Bench, connect, options};

async fn create(store: &PgTaskStore, owner: &UserId) -> Result<Task, StoreError> {
    store.create(&TaskCreation::new(owner.clone(), draft("a task"), noon()), None).await
}

async fn list(store: &PgTaskStore, owner: &UserId) -> Result<Page<Task>, StoreError> {
    store.list(owner, &TaskQuery::default()).await
}

/// The cause of an [`StoreError::Unavailable`].
fn unavailable<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    match result {
        Err(StoreError::Unavailable(cause)) => cause.to_string(),
        other => panic!("{other:?}"),
    }
}

async fn lock_counters(other: &mut tokio_postgres::Client) -> Transaction<'_> {
    let transaction = other.transaction().await.unwrap();
    transaction.execute("SELECT FROM user_counters WHERE user_id = 'ann' FOR UPDATE", &[]).await.unwrap();
    transaction
}

fn short_lock(options: &mut Options) {
    options.limits.lock = Duration::from_millis(100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_is_not_given_makes_a_write_unavailable() {
    let bench = Bench::with(short_lock).await;
    let mut other = connect(bench.database.url()).await;
    let held = lock_counters(&mut other).await;
    let cause = unavailable(create(&bench.tasks, &bench.ann).await);
    assert_eq!(cause, "canceling statement due to lock timeout");
    held.commit().await.unwrap();
    assert!(create(&bench.tasks, &bench.ann).await.is_ok());
    bench.assert_consistent(&bench.ann).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_takes_too_long_is_unavailable() {
    let bench = Bench::with(|options| options.limits.statement = Duration::from_millis(100)).await;
    let mut other = connect(bench.database.url()).await;
    let _held = lock_counters(&mut other).await;
    let cause = unavailable(create(&bench.tasks, &bench.ann).await);
    assert_eq!(cause, "canceling statement due to statement timeout");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_answer_is_unavailable_and_holds_up_nobody_later() {
    let bench = Bench::with(|options| {
        options.limits.call = Duration::from_millis(200);
        options.pool_size = 1;
        options.lanes = 0;
    })
    .await;
    let mut other = connect(bench.database.url()).await;
    let held = other.transaction().await.unwrap();
    held.batch_execute("LOCK TABLE tasks").await.unwrap();
    assert_eq!(unavailable(create(&bench.tasks, &bench.ann).await), "deadline has elapsed");
    assert_eq!(unavailable(list(&bench.tasks, &bench.ann).await), "deadline has elapsed");
    // The server still waits on the connection that was given up. The next call gets another one.
    assert!(PgUserStore::new(&bench.postgres).find(&bench.ann).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_table_is_not_ready_until_it_is_unlocked() {
    let bench = Bench::with(short_lock).await;
    let probe = PgProbe::new(&bench.postgres);
    let mut other = connect(bench.database.url()).await;
    let held = other.transaction().await.unwrap();
    held.batch_execute("LOCK TABLE tasks").await.unwrap();
    assert_eq!(unavailable(probe.round_trip().await), "canceling statement due to lock timeout");
    held.commit().await.unwrap();
    assert!(probe.round_trip().await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_statement_is_unavailable_and_the_next_one_runs() {
    let bench = Bench::new().await;
    let mut other = connect(bench.database.url()).await;
    let held = lock_counters(&mut other).await;
    let kill = async {
        bench.until(BLOCKED, 1).await;
        let blocked = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
            AND datname = current_database()";
        bench.admin.execute(blocked, &[]).await.unwrap();
    };
    let (result, ()) = futures_util::join!(create(&bench.tasks, &bench.ann), kill);
    let cause = unavailable(result);
    assert_eq!(cause, "terminating connection due to administrator command");
    held.commit().await.unwrap();
    assert!(create(&bench.tasks, &bench.ann).await.is_ok());
    bench.assert_consistent(&bench.ann).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_statement_is_unavailable() {
    let bench = Bench::new().await;
    let mut other = connect(bench.database.url()).await;
    let _held = lock_counters(&mut other).await;
    let cancel = async {
        bench.until(BLOCKED, 1).await;
        let blocked = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
            AND datname = current_database()";
        bench.admin.execute(blocked, &[]).await.unwrap();
    };
    let (result, ()) = futures_util::join!(create(&bench.tasks, &bench.ann), cancel);
    assert_eq!(unavailable(result), "canceling statement due to user request");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_database_is_read_but_neither_written_nor_ready() {
    let bench = Bench::new().await;
    let task = create(&bench.tasks, &bench.ann).await.unwrap();
    let name = bench.database.name();
    bench.execute(&format!("ALTER DATABASE \"{name}\" SET default_transaction_read_only = on")).await;
    let postgres = Postgres::connect(options(bench.database.url()));
    let store = PgTaskStore::new(&postgres);
    assert_eq!(list(&store, &bench.ann).await.unwrap().items, [task]);
    let cause = unavailable(create(&store, &bench.ann).await);
    assert_eq!(cause, "cannot execute SELECT in a read-only transaction");
    let cause = unavailable(PgProbe::new(&postgres).round_trip().await);
    assert_eq!(cause, "cannot execute SELECT FOR UPDATE in a read-only transaction");

    // Writable again, it is so without a new start: no session that accepts no writes is used for another one.
    bench.execute(&format!("ALTER DATABASE \"{name}\" RESET default_transaction_read_only")).await;
    assert!(PgProbe::new(&postgres).round_trip().await.is_ok());
    assert!(create(&store, &bench.ann).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_room_for_a_connection_is_unavailable() {
    let bench = Bench::new().await;
    // Limits do not hold for superusers.
    let role = bench.database.name();
    bench.execute(&format!("CREATE ROLE \"{role}\" LOGIN PASSWORD 'secret' CONNECTION LIMIT 0")).await;
    let (_, server) = bench.database.url().split_once('@').unwrap();
    let postgres = Postgres::connect(options(&format!("postgres://{role}:secret@{server}")));
    let cause = unavailable(list(&PgTaskStore::new(&postgres), &bench.ann).await);
    bench.execute(&format!("DROP ROLE \"{role}\"")).await;
    assert!(cause.contains(&format!("too many connections for role \"{role}\"")), "{cause}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_without_a_free_connection_is_unavailable() {
    let bench = Bench::with(|options| {
        options.pool_size = 1;
        options.limits.pool_wait = Duration::from_millis(50);
    })
    .await;
    let mut other = connect(bench.database.url()).await;
    let held = lock_counters(&mut other).await;
    let meanwhile = async {
        bench.until(BLOCKED, 1).await;
        let cause = unavailable(create(&bench.tasks, &user_id("bob")).await);
        assert!(cause.starts_with("Timeout occurred while waiting for a slot"), "{cause}");
        held.commit().await.unwrap();
    };
    let (first, ()) = futures_util::join!(create(&bench.tasks, &bench.ann), meanwhile);
    assert!(first.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_lost_a_deadlock_is_run_once_more() {
    let bench = Bench::new().await;
    let task = create(&bench.tasks, &bench.ann).await.unwrap();
    let patch = TaskPatch { title: Some(title("another title")), ..TaskPatch::default() };
    let change = rules::update(&task, patch, &Expected::Any, noon()).unwrap().unwrap();

    let mut other = connect(bench.database.url()).await;
    other.batch_execute("SET deadlock_timeout = '1h'").await.unwrap();
    // The wrong way round: counters first, then the task.
    let held = lock_counters(&mut other).await;
    let cross = async {
        bench.until(BLOCKED, 1).await;
        held.execute("SELECT FROM tasks FOR UPDATE", &[]).await.unwrap();
        held.commit().await.unwrap();
    };
    let (result, ()) = futures_util::join!(bench.tasks.update(&change, None), cross);
    assert_eq!(result.unwrap(), change.task);
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    bench.until(deadlocks, 1).await;
    bench.assert_consistent(&bench.ann).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_the_domain_should_have_refused_is_unexpected() {
    let bench = Bench::new().await;
    for text in ["x".repeat(201), "a\0b".to_owned()] {
        let creation = TaskCreation::new(bench.ann.clone(), draft(&text), noon());
        let result = bench.tasks.create(&creation, None).await;
        assert!(matches!(result, Err(StoreError::Unexpected(_))), "{result:?}");
    }
    bench.assert_consistent(&bench.ann).await;
}
