use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;

use hexado_devdb::{Cluster, Departure, Error, Options, locate};

use crate::support::{answers, ask, disposable, execute, folder, major};

#[tokio::test]
async fn a_new_cluster_answers_and_nobody_enters_without_its_password() {
    let folder = folder();
    let cluster = Cluster::start(&Options::new(folder.path().join("data"))).unwrap();
    assert_eq!(ask(cluster.url(), "SELECT 40 + 2").await, "42");

    let password = cluster.url().split([':', '@']).nth(2).unwrap();
    assert!(!answers(&cluster.url().replace(password, "guess")).await);
    assert!(!format!("{cluster:?}").contains(password));
    let file = folder.path().join(format!("data/pg{}/password", major(&cluster)));
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_cluster_sorts_and_speaks_the_same_everywhere_and_commits_to_disk() {
    let folder = folder();
    let cluster = Cluster::start(&Options::new(folder.path())).unwrap();
    for (setting, value) in [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
        ("lc_messages", "C"),
        ("listen_addresses", "127.0.0.1"),
        ("unix_socket_directories", ""),
        ("max_connections", "200"),
    ] {
        assert_eq!(ask(cluster.url(), &format!("SELECT current_setting('{setting}')")).await, value, "{setting}");
    }
    assert_eq!(ask(cluster.url(), "SELECT datcollate FROM pg_database WHERE datname = current_database()").await, "C");
}

#[tokio::test]
async fn data_is_kept_between_runs_and_nothing_runs_meanwhile() {
    let folder = folder();
    let options = disposable(&folder);
    let first = Cluster::start(&options).unwrap();
    let url = first.url().to_owned();
    execute(&url, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('still here')").await;
    assert_eq!(first.stop().unwrap(), Departure::Stopped);
    assert!(!answers(&url).await);

    let second = Cluster::start(&options).unwrap();
    assert_eq!(ask(second.url(), "SELECT word FROM kept").await, "still here");
}

#[tokio::test]
async fn what_an_interrupted_first_start_left_behind_is_neither_used_nor_kept() {
    let folder = folder();
    let half_made = folder.path().join("pg15.0badcafe.new/data");
    std::fs::create_dir_all(&half_made).unwrap();
    std::fs::write(half_made.join("PG_VERSION"), "15").unwrap();

    let cluster = Cluster::start(&disposable(&folder)).unwrap();
    assert_eq!(ask(cluster.url(), "SELECT 1").await, "1");
    assert!(!half_made.exists());
}

#[test]
fn a_cluster_of_another_major_version_is_an_error_and_no_empty_database() {
    let folder = folder();
    let theirs = folder.path().join("pg99");
    std::fs::create_dir(&theirs).unwrap();

    let error = Cluster::start(&Options::new(folder.path())).unwrap_err();
    assert!(matches!(error, Error::OtherMajor { needed: 99, .. }), "{error}");
    assert!(error.to_string().contains("PostgreSQL 99"), "{error}");
    assert!(error.to_string().contains("DATABASE_URL"), "{error}");
    let clusters = folder.path().read_dir().unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir());
    assert_eq!(clusters.count(), 1);
}

#[test]
fn a_given_folder_of_programs_is_taken_or_refused_but_never_replaced() {
    let folder = folder();
    let mut options = Options::new(folder.path().join("data"));
    options.bin_dir = Some(folder.path().to_path_buf());
    let error = Cluster::start(&options).unwrap_err();
    assert!(matches!(error, Error::BadPrograms { .. }), "{error}");
    assert!(error.to_string().contains("has no postgres"), "{error}");
}

#[test]
fn installed_servers_are_listed_newest_first() {
    let found = locate(&Options::new("unused")).unwrap();
    assert!(found.is_sorted_by(|a, b| a.major >= b.major), "{found:?}");
    assert!(found.iter().all(|programs| programs.major >= 15 && programs.folder.join("initdb").exists()), "{found:?}");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let folder = folder();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut options = disposable(&folder);
    let port = taken.local_addr().unwrap().port();
    options.port = Some(port);
    let error = Cluster::start(&options).unwrap_err();
    assert!(matches!(error, Error::PortTaken(taken) if taken == port), "{error}");
}

#[tokio::test]
async fn only_a_cluster_whose_data_is_worth_nothing_is_made_anew_when_it_does_not_start() {
    let folder = folder();
    let mut options = Options::new(folder.path());
    let cluster = Cluster::start(&options).unwrap();
    let control = folder.path().join(format!("pg{}/data/global/pg_control", major(&cluster)));
    drop(cluster);
    std::fs::write(&control, "not any more").unwrap();

    let error = Cluster::start(&options).unwrap_err();
    assert!(matches!(&error, Error::DidNotStart { tail, .. } if tail.contains("pg_control")), "{error}");

    options.durable = false;
    let anew = Cluster::start(&options).unwrap();
    assert_eq!(ask(anew.url(), "SELECT 1").await, "1");
    assert_eq!(ask(anew.url(), "SELECT current_setting('fsync')").await, "off");
}
