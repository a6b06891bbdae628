//! A database that is down, and comes.

use std::time::Duration;

use hexado_devdb::testing::PrivateCluster;
use hexado_domain::error::StoreError;
use hexado_domain::health::Probe;
use hexado_domain::identity::UserStore;
use hexado_domain::task::{TaskCreation, TaskQuery, TaskStore};
use hexado_domain::testing::fixtures::{draft, new_user, noon, user_id};
use hexado_postgres::{Options, PgProbe, PgTaskStore, PgUserStore, Postgres, migrate};

use crate::support::options;

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn stores_made_while_the_database_is_down_work_when_it_comes_and_again_after_a_crash() {
    let mut cluster = blocking(|| PrivateCluster::start().unwrap()).await;
    let options: Options = options(cluster.url());
    cluster = blocking(move || {
        cluster.stop().unwrap();
        cluster
    })
    .await;

    let postgres = Postgres::connect(options.clone());
    let (users, tasks, probe) = (PgUserStore::new(&postgres), PgTaskStore::new(&postgres), PgProbe::new(&postgres));
    assert!(matches!(users.find(&user_id("ann")).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(probe.round_trip().await, Err(StoreError::Unavailable(_))));
    assert!(matches!(migrate::run(&options).await, Err(StoreError::Unavailable(_))));

    cluster = restart(cluster).await;
    migrate::run(&options).await.unwrap();
    assert!(probe.round_trip().await.is_ok());
    let ann = users.register(&new_user("ann")).await.unwrap();
    let creation = TaskCreation::new(ann.id.clone(), draft("a task"), noon());
    let first = tasks.create(&creation, None).await.unwrap();

    let cluster = blocking(move || {
        cluster.crash().unwrap();
        cluster
    })
    .await;
    assert!(matches!(tasks.create(&creation, None).await, Err(StoreError::Unavailable(_))));
    let _cluster = restart(cluster).await;
    let second = tasks.create(&creation, None).await.unwrap();
    assert_eq!(tasks.list(&ann.id, &TaskQuery::default()).await.unwrap().items, [second, first]);
}

async fn restart(mut cluster: PrivateCluster) -> PrivateCluster {
    blocking(move || {
        cluster.restart().unwrap();
        cluster
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_accepts_connections_and_says_nothing_is_unavailable() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut options = options(&format!("postgres://ann@{}/hexado", silent.local_addr().unwrap()));
    options.limits.connect = Duration::from_millis(100);
    let cause = match PgProbe::new(&Postgres::connect(options)).round_trip().await {
        Err(StoreError::Unavailable(cause)) => cause.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(cause.contains("no connection within 100ms"), "{cause}");
}
