//! Connections that many reads share.

use std::time::Duration;

use futures_util::future::join_all;
use hexado_domain::error::StoreError;
use hexado_domain::health::Probe;
use hexado_domain::task::{Task, TaskCreation, TaskStore};
use hexado_domain::testing::fixtures::{draft, noon};
use hexado_postgres::{PgProbe, PgTaskStore, Postgres};
use tokio::time::{sleep, timeout};

use crate::support::{BLOCKED, Bench, connect, options, until};

const ALL_LANES: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'hexado lane'";

async fn create(bench: &Bench) -> Result<Task, StoreError> {
    bench.tasks.create(&TaskCreation::new(bench.ann.clone(), draft("a task"), noon()), None).await
}

/// A task, on a bench whose lanes are up.
async fn task_and_lanes(bench: &Bench, count: u64) -> Task {
    bench.postgres.open_lanes();
    let task = create(bench).await.unwrap();
    until_made(bench, count).await;
    task
}

/// Waits until this many lanes were made and can be read on. The database sees them earlier, when they are being prepared.
async fn until_made(bench: &Bench, count: u64) {
    let made = async {
        while bench.postgres.usage().lanes.made < count {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(10), made).await.unwrap();
}

async fn find(bench: &Bench, task: &Task) -> Result<Option<Task>, StoreError> {
    bench.tasks.find(&bench.ann, task.id).await
}

/// The server processes behind the lanes.
async fn pids(bench: &Bench) -> Vec<i32> {
    let pids = ALL_LANES.replace("count(*)", "pid");
    bench.admin.query(&pids, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_read_opens_the_lanes_of_its_runtime() {
    let bench = Bench::new().await;
    let task = create(&bench).await.unwrap();
    assert_eq!(bench.number(ALL_LANES).await, 0);
    find(&bench, &task).await.unwrap();
    bench.until(ALL_LANES, 2).await;
    bench.postgres.open_lanes();
    find(&bench, &task).await.unwrap();
    assert_eq!(bench.number(ALL_LANES).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_on_lanes_do_not_need_the_pool() {
    let bench = Bench::with(|options| {
        options.pool_size = 1;
        options.limits.pool_wait = Duration::from_millis(20);
    })
    .await;
    let task = task_and_lanes(&bench, 2).await;
    let mut other = connect(bench.database.url()).await;
    let held = other.transaction().await.unwrap();
    held.execute("SELECT FROM user_counters FOR UPDATE", &[]).await.unwrap();
    let reads = async {
        bench.until(BLOCKED, 1).await;
        // The write has the only connection of the pool.
        let results = join_all((0..100).map(|_| find(&bench, &task))).await;
        held.commit().await.unwrap();
        results
    };
    let (written, read) = futures_util::join!(create(&bench), reads);
    assert!(written.is_ok());
    assert!(read.into_iter().all(|found| found.unwrap() == Some(task.clone())));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_reads_than_lanes_have_room_for_find_their_way() {
    let bench = Bench::new().await;
    let task = task_and_lanes(&bench, 2).await;
    let found = join_all((0..600).map(|_| find(&bench, &task))).await;
    assert!(found.into_iter().all(|found| found.unwrap() == Some(task.clone())));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_lanes_are_replaced_and_no_read_fails() {
    let bench = Bench::new().await;
    let task = task_and_lanes(&bench, 2).await;
    let old = pids(&bench).await;
    let kill = async {
        for pid in &old {
            tokio::task::yield_now().await;
            bench.admin.execute("SELECT pg_terminate_backend($1)", &[pid]).await.unwrap();
        }
    };
    let reads = async {
        for _ in 0..20 {
            for found in join_all((0..20).map(|_| find(&bench, &task))).await {
                assert_eq!(found.unwrap(), Some(task.clone()));
            }
        }
    };
    futures_util::join!(kill, reads);
    let new = format!("{ALL_LANES} AND pid NOT IN ({}, {})", old[0], old[1]);
    bench.until(&new, 2).await;
    assert!(pids(&bench).await.iter().all(|pid| !old.contains(pid)));
    assert_eq!(find(&bench, &task).await.unwrap(), Some(task));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_all_connections_broke_reads_wait_for_a_lane_and_open_no_others() {
    let bench = Bench::with(|options| options.limits.lane_wait = Duration::from_secs(30)).await;
    let task = task_and_lanes(&bench, 2).await;
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'hexado%'";
    bench.execute(kill).await;
    for found in join_all((0..20).map(|_| find(&bench, &task))).await {
        assert_eq!(found.unwrap(), Some(task.clone()));
    }
    let pooled = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'hexado'";
    bench.until(pooled, 0).await;
    bench.until(ALL_LANES, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_do_not_wait_for_a_lane_that_cannot_be_made() {
    let bench = Bench::new().await;
    let task = create(&bench).await.unwrap();
    let role = bench.database.name();
    bench
        .execute(&format!(
            "CREATE ROLE \"{role}\" LOGIN PASSWORD 'secret' CONNECTION LIMIT 1;
            GRANT SELECT, UPDATE ON tasks TO \"{role}\""
        ))
        .await;
    let (_, server) = bench.database.url().split_once('@').unwrap();
    let mut options = options(&format!("postgres://{role}:secret@{server}"));
    options.limits.lane_wait = Duration::from_secs(30);
    let postgres = Postgres::connect(options);
    // The only connection that the role may have is one of the pool.
    PgProbe::new(&postgres).round_trip().await.unwrap();
    let found = PgTaskStore::new(&postgres).find(&bench.ann, task.id).await;
    drop(postgres);
    bench.execute(&format!("DROP OWNED BY \"{role}\"; DROP ROLE \"{role}\"")).await;
    assert_eq!(found.unwrap(), Some(task));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lane_that_does_not_answer_is_replaced() {
    let bench = Bench::with(|options| {
        options.lanes = 1;
        options.limits.call = Duration::from_millis(100);
    })
    .await;
    let task = task_and_lanes(&bench, 1).await;
    let mut other = connect(bench.database.url()).await;
    let held = other.transaction().await.unwrap();
    held.batch_execute("LOCK TABLE tasks").await.unwrap();
    for _ in 0..2 {
        assert!(matches!(find(&bench, &task).await, Err(StoreError::Unavailable(_))));
    }
    held.commit().await.unwrap();
    until_made(&bench, 2).await;
    // On a busy machine, the time that a call has here may be too short.
    let found = loop {
        match find(&bench, &task).await {
            Ok(found) => break found,
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
    };
    assert_eq!(found, Some(task));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_runtime_has_lanes_of_its_own_and_they_end_with_it() {
    let bench = Bench::new().await;
    let task = task_and_lanes(&bench, 2).await;
    let (tasks, owner, url) = (bench.tasks.clone(), bench.ann.clone(), bench.database.url().to_owned());
    let worker = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            assert_eq!(tasks.find(&owner, task.id).await.unwrap(), Some(task));
            until(&connect(&url).await, ALL_LANES, 4).await;
        });
    });
    tokio::task::spawn_blocking(|| worker.join().unwrap()).await.unwrap();
    bench.until(ALL_LANES, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_stays_connected_once_the_stores_are_gone() {
    let bench = Bench::new().await;
    task_and_lanes(&bench, 2).await;
    let Bench { postgres, tasks, admin, database, .. } = bench;
    drop((postgres, tasks));
    let connections = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND application_name LIKE 'hexado%'";
    until(&admin, connections, 0).await;
    drop(database);
}
