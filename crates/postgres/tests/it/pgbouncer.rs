//! A pooler between the adapters and Postgres.

mod pooler;

use std::sync::Arc;

use hexado_devdb::testing::left_out;
use hexado_domain::error::StoreError;
use hexado_domain::identity::UserStore;
use hexado_domain::task::{TaskCreation, TaskQuery, TaskStore};
use hexado_domain::testing::fixtures::{draft, new_user, noon, user_id};
use hexado_postgres::pooling::{Pooling, check_statements, detect};
use hexado_postgres::{PgTaskStore, PgUserStore, Postgres, migrate};

use crate::support::{empty, migrated, options};
use pooler::{Mode, PgBouncer};

fn unavailable<T: std::fmt::Debug>(result: Result<T, StoreError>) -> String {
    match result {
        Err(StoreError::Unavailable(cause)) => cause.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_pooler_each_connection_has_its_session() {
    let database = migrated().await;
    assert_eq!(detect(&options(database.url())).await, Ok(Pooling::None));
    check_statements(&options(database.url())).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_loses_prepared_statements_is_told_in_one_line() {
    let database = migrated().await;
    let Some(pooler) = PgBouncer::start(database.url(), Mode::TransactionWithoutStatements).await else {
        return left_out("what is said of a pooler that loses prepared statements", "PgBouncer");
    };
    assert_eq!(detect(&options(&pooler.url)).await, Ok(Pooling::TransactionsWithoutStatements));
    let line = unavailable(check_statements(&options(&pooler.url)).await);
    assert!(line.starts_with("DATABASE_URL leads to a pooler in transaction mode that loses prepared"), "{line}");
    assert!(line.contains("PgBouncer 1.21 or newer with max_prepared_statements above 0"), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_of_whole_sessions_is_as_good_as_none() {
    let database = empty().await;
    let Some(pooler) = PgBouncer::start(database.url(), Mode::Session).await else {
        return left_out("a pooler of whole sessions", "PgBouncer");
    };
    assert_eq!(detect(&options(&pooler.url)).await, Ok(Pooling::None));
    assert!(!migrate::run(&options(&pooler.url)).await.unwrap().is_empty());
    write_and_read(&pooler.url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_of_transactions_that_keeps_prepared_statements_serves() {
    let database = migrated().await;
    let Some(pooler) = PgBouncer::start(database.url(), Mode::Transaction).await else {
        return left_out("a pooler of transactions", "PgBouncer 1.21 or newer");
    };
    assert_eq!(detect(&options(&pooler.url)).await, Ok(Pooling::Transactions));
    check_statements(&options(&pooler.url)).await.unwrap();
    write_and_read(&pooler.url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_refuse_a_pooler_of_transactions() {
    let database = empty().await;
    let started = match PgBouncer::start(database.url(), Mode::Transaction).await {
        Some(pooler) => Some(pooler),
        None => PgBouncer::start(database.url(), Mode::TransactionWithoutStatements).await,
    };
    let Some(pooler) = started else { return left_out("migrations through a pooler", "PgBouncer") };
    let line = unavailable(migrate::run(&options(&pooler.url)).await);
    assert!(line.contains("set DATABASE_DIRECT_URL to the database itself"), "{line}");
    assert!(!migrate::run(&options(database.url())).await.unwrap().is_empty(), "nothing had been done");
}

/// With more connections and calls at the same time than the pooler has sessions.
async fn write_and_read(url: &str) {
    const WRITERS: usize = 8;
    const EACH: i64 = 25;
    let postgres = Postgres::connect(options(url));
    let (users, tasks) = (PgUserStore::new(&postgres), Arc::new(PgTaskStore::new(&postgres)));
    let writers = (0..WRITERS).map(|number| {
        let (tasks, user) = (Arc::clone(&tasks), user_id(&format!("user{number}")));
        async move {
            for _ in 0..EACH {
                let created =
                    tasks.create(&TaskCreation::new(user.clone(), draft("a task"), noon()), None).await.unwrap();
                assert_eq!(tasks.find(&user, created.id).await.unwrap(), Some(created));
            }
            tasks.list(&user, &TaskQuery { count: true, ..TaskQuery::default() }).await.unwrap().total
        }
    });
    for number in 0..WRITERS {
        users.register(&new_user(&format!("user{number}"))).await.unwrap();
    }
    let writers: Vec<_> = writers.map(tokio::spawn).collect();
    for writer in writers {
        assert_eq!(writer.await.unwrap(), Some(EACH));
    }
}
