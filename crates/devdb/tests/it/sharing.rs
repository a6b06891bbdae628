use std::thread;

use hexado_devdb::{Cluster, Departure, Error, erase};

use crate::support::{Holder, answers, ask, disposable, execute, folder, major};

#[tokio::test]
async fn two_processes_share_one_server_and_the_last_one_to_leave_stops_it() {
    let folder = folder();
    let ours = Cluster::start(&disposable(&folder)).unwrap();
    let mut theirs = Holder::spawn(Holder::command(folder.path()));
    let url = theirs.url();
    assert_eq!(url, ours.url());

    assert_eq!(ours.stop().unwrap(), Departure::StillUsed);
    assert_eq!(ask(&url, "SELECT 1").await, "1");
    assert_eq!(theirs.let_go(), "Stopped");
    assert!(!answers(&url).await);
}

#[tokio::test]
async fn a_server_whose_user_was_killed_is_adopted_by_the_next_start_and_stopped_by_it() {
    let folder = folder();
    let mut victim = Holder::spawn(Holder::command(folder.path()));
    let url = victim.url();
    execute(&url, "CREATE TABLE witness ()").await;
    let since = ask(&url, "SELECT pg_postmaster_start_time()").await;
    victim.kill();
    assert!(answers(&url).await);

    let heir = Cluster::start(&disposable(&folder)).unwrap();
    assert_eq!(heir.url(), url);
    assert_eq!(ask(heir.url(), "SELECT pg_postmaster_start_time()").await, since);
    assert_eq!(heir.stop().unwrap(), Departure::Stopped);
    assert!(!answers(&url).await);
}

#[tokio::test]
async fn starts_at_the_same_time_make_one_cluster_and_the_last_stop_ends_it() {
    let folder = folder();
    let options = disposable(&folder);
    let clusters: Vec<Cluster> = thread::scope(|scope| {
        let starts: Vec<_> = (0..4).map(|_| scope.spawn(|| Cluster::start(&options).unwrap())).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert!(clusters.iter().all(|cluster| cluster.url() == clusters[0].url()));
    assert_eq!(ask(clusters[3].url(), "SELECT 1").await, "1");

    let departures: Vec<_> = clusters.into_iter().map(|cluster| cluster.stop().unwrap()).collect();
    assert_eq!(departures, [Departure::StillUsed, Departure::StillUsed, Departure::StillUsed, Departure::Stopped]);
}

#[tokio::test]
async fn a_cluster_is_erased_only_while_nobody_uses_it() {
    let folder = folder();
    let options = disposable(&folder);
    let cluster = Cluster::start(&options).unwrap();
    assert!(matches!(erase(&options), Err(Error::InUse { .. })));
    assert_eq!(ask(cluster.url(), "SELECT 1").await, "1");
    let cluster_folder = folder.path().join(format!("pg{}", major(&cluster)));
    assert!(cluster_folder.exists());
    drop(cluster);

    erase(&options).unwrap();
    assert!(!cluster_folder.exists());
}

#[tokio::test]
async fn erasing_stops_a_server_that_was_left_over() {
    let folder = folder();
    let mut victim = Holder::spawn(Holder::command(folder.path()));
    let url = victim.url();
    victim.kill();

    erase(&disposable(&folder)).unwrap();
    assert!(!answers(&url).await);
}
