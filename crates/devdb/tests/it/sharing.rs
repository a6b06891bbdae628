use std::thread;

use hexado_devdb::{Cluster, Departure, Error, erase};

use crate::support::{Holder, answers, ask, disposable, execute, folder};

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
async fn two_users_in_one_process_count_as_two() {
    let folder = folder();
    let options = disposable(&folder);
    let (first, second) = (Cluster::start(&options).unwrap(), Cluster::start(&options).unwrap());
    assert_eq!(first.stop().unwrap(), Departure::StillUsed);
    assert_eq!(ask(second.url(), "SELECT 1").await, "1");
    assert_eq!(second.stop().unwrap(), Departure::Stopped);
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
async fn starts_at_the_same_time_make_one_cluster() {
    let folder = folder();
    let options = disposable(&folder);
    let clusters: Vec<Cluster> = thread::scope(|scope| {
        let starts: Vec<_> = (0..4).map(|_| scope.spawn(|| Cluster::start(&options).unwrap())).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert!(clusters.iter().all(|cluster| cluster.url() == clusters[0].url()));
    assert_eq!(ask(clusters[3].url(), "SELECT 1").await, "1");

    let departures = clusters.into_iter().map(|cluster| cluster.stop().unwrap());
    assert_eq!(departures.filter(|&departure| departure == Departure::Stopped).count(), 1);
}

#[tokio::test]
async fn a_cluster_is_erased_only_while_nobody_uses_it() {
    let folder = folder();
    let options = disposable(&folder);
    let cluster = Cluster::start(&options).unwrap();
    assert!(matches!(erase(&options), Err(Error::InUse { .. })));
    assert_eq!(ask(cluster.url(), "SELECT 1").await, "1");
    let url = cluster.url().to_owned();
    drop(cluster);

    erase(&options).unwrap();
    let anew = Cluster::start(&options).unwrap();
    assert_ne!(anew.url(), url);
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
