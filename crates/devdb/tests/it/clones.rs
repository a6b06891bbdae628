use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hexado_devdb::Options;
use hexado_devdb::testing::{Error, PrivateCluster, TestCluster, TestDatabase, left_out};

use crate::support::{answers, ask, connect, execute, folder};

async fn one_table(url: &str) -> Result<(), tokio_postgres::Error> {
    connect(url)
        .await
        .batch_execute("CREATE TABLE note (text text); INSERT INTO note VALUES ('from the template')")
        .await
}

#[tokio::test]
async fn test_databases_are_clones_apart_from_each_other_and_end_with_their_test() {
    let first = TestDatabase::create("one_table", async |url: &str| one_table(url).await).await.unwrap();
    let second = TestDatabase::create("one_table", async |url: &str| one_table(url).await).await.unwrap();
    execute(first.url(), "INSERT INTO note VALUES ('only here')").await;
    assert_eq!(ask(first.url(), "SELECT count(*) FROM note").await, "2");
    assert_eq!(ask(second.url(), "SELECT string_agg(text, ',') FROM note").await, "from the template");

    let still_connected = connect(first.url()).await;
    let url = first.url().to_owned();
    drop(first);
    assert!(!answers(&url).await);
    assert!(still_connected.batch_execute("SELECT 1").await.is_err());
    assert!(answers(second.url()).await);
}

#[tokio::test]
async fn a_template_is_made_once_however_many_ask_for_it_at_once() {
    let folder = folder();
    let cluster = Arc::new(TestCluster::start(&Options::new(folder.path())).unwrap());
    let made = AtomicUsize::new(0);
    let create = || {
        TestDatabase::create_in(&cluster, "counted", async |url: &str| {
            made.fetch_add(1, Ordering::SeqCst);
            one_table(url).await
        })
    };
    let (a, b, c, d) = tokio::join!(create(), create(), create(), create());
    for database in [a.unwrap(), b.unwrap(), c.unwrap(), d.unwrap()] {
        assert_eq!(ask(database.url(), "SELECT count(*) FROM note").await, "1");
    }
    assert_eq!(made.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_template_that_could_not_be_prepared_is_never_cloned() {
    let folder = folder();
    let cluster = Arc::new(TestCluster::start(&Options::new(folder.path())).unwrap());
    let failed = TestDatabase::create_in(&cluster, "broken", async |url: &str| {
        one_table(url).await.unwrap();
        Err("the second migration fails")
    });
    let error = failed.await.unwrap_err();
    assert!(matches!(&error, Error::Prepare { template, .. } if template == "broken"), "{error}");

    let database = TestDatabase::create_in(&cluster, "broken", async |_: &str| Ok::<_, Infallible>(())).await.unwrap();
    assert_eq!(ask(database.url(), "SELECT to_regclass('note') IS NULL").await, "true");
    assert_eq!(ask(cluster.url(), r"SELECT count(*) FROM pg_database WHERE datname LIKE 'new\_%'").await, "0");
}

#[tokio::test]
async fn a_name_that_sql_could_misread_is_refused() {
    for name in ["", "Capital", "semi;colon", "quo\"te", &"long".repeat(13)] {
        let refused = TestDatabase::create(name, async |_: &str| Ok::<_, Infallible>(())).await;
        assert!(matches!(refused, Err(Error::TemplateName(_))), "{name}");
    }
}

#[tokio::test]
async fn what_killed_runs_left_behind_is_dropped_by_the_next_run_that_is_alone() {
    let folder = folder();
    let options = Options::new(folder.path());
    let killed = TestCluster::start(&options).unwrap();
    for name in ["t_0123456789abcdef", "new_0123456789abcdef", "tpl_kept", "mine"] {
        execute(killed.url(), &format!("CREATE DATABASE {name}")).await;
    }

    let names = r"SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE oid >= 16384";
    let beside_it = TestCluster::start(&options).unwrap();
    assert_eq!(ask(beside_it.url(), names).await, "mine new_0123456789abcdef t_0123456789abcdef tpl_kept");
    drop((killed, beside_it));
    let next = TestCluster::start(&options).unwrap();
    assert_eq!(ask(next.url(), names).await, "mine tpl_kept");
}

#[tokio::test]
async fn statements_can_be_counted_where_postgres_has_the_extension() {
    let database = TestDatabase::create("empty", async |_: &str| Ok::<_, Infallible>(())).await.unwrap();
    let available = "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_stat_statements'";
    if ask(database.url(), available).await == "0" {
        return left_out("counting statements", "pg_stat_statements");
    }
    execute(database.url(), "CREATE EXTENSION pg_stat_statements").await;
    execute(database.url(), "SELECT 'counted'").await;
    let name = ask(database.url(), "SELECT current_database()::text").await;
    execute(database.url(), &format!("ALTER DATABASE {name} SET pg_stat_statements.track = top")).await;
    for _ in 0..3 {
        execute(database.url(), "SELECT 'counted'").await;
    }
    let calls = "SELECT sum(calls) FROM pg_stat_statements WHERE dbid = \
                 (SELECT oid FROM pg_database WHERE datname = current_database()) AND query = 'SELECT $1'";
    assert_eq!(ask(database.url(), calls).await, "3");
}

#[tokio::test]
async fn a_private_cluster_comes_back_at_the_same_url_with_every_row_that_was_acknowledged() {
    let mut cluster = PrivateCluster::start().unwrap();
    execute(cluster.url(), "CREATE TABLE log (number int)").await;
    let writer = connect(cluster.url()).await;
    let writing = tokio::spawn(async move {
        let mut acknowledged = 0;
        while writer.execute("INSERT INTO log VALUES ($1)", &[&(acknowledged + 1)]).await.is_ok() {
            acknowledged += 1;
        }
        acknowledged
    });
    while ask(cluster.url(), "SELECT count(*) > 20 FROM log").await == "false" {}

    let crashed = tokio::task::spawn_blocking(move || {
        cluster.crash().unwrap();
        cluster
    });
    let mut cluster = crashed.await.unwrap();
    assert!(!answers(cluster.url()).await);
    let acknowledged = writing.await.unwrap();
    cluster.restart().unwrap();
    let kept: i32 = ask(cluster.url(), "SELECT max(number) FROM log").await.parse().unwrap();
    assert!(kept == acknowledged || kept == acknowledged + 1, "{acknowledged} acknowledged, {kept} kept");
    assert_eq!(ask(cluster.url(), "SELECT count(*) FROM log").await, kept.to_string());
}
