use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use hexado_devdb::{Cluster, Departure, Error, Options};

use crate::support::{Holder, answers, ask, disposable, folder, major};

#[tokio::test]
async fn a_start_that_is_killed_at_any_point_is_made_good_by_the_next() {
    let half_made = |cluster: &Path| cluster.extension().is_some() && cluster.join("data/postgresql.conf").exists();
    let complete = |cluster: &Path| cluster.extension().is_none();
    let launched = |cluster: &Path| cluster.extension().is_none() && cluster.join("data/postmaster.pid").exists();
    let moments: [&dyn Fn(&Path) -> bool; 3] = [&half_made, &complete, &launched];
    for has_come in moments {
        let folder = folder();
        let victim = Holder::spawn(Holder::command(folder.path()));
        while !clusters(folder.path()).iter().any(|cluster| has_come(cluster)) {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        victim.kill();

        // A durable one, as others are made anew if they do not start.
        let cluster = Cluster::start(&Options::new(folder.path())).unwrap();
        assert_eq!(ask(cluster.url(), "SELECT 1").await, "1");
        assert_eq!(cluster.stop().unwrap(), Departure::Stopped);
    }
}

#[tokio::test]
async fn the_number_of_a_dead_server_may_belong_to_another_process_by_now() {
    let folder = folder();
    let options = Options::new(folder.path());
    let cluster = Cluster::start(&options).unwrap();
    let data = folder.path().join(format!("pg{}/data", major(&cluster)));
    let pid_file = data.join("postmaster.pid");
    let left_by_a_crash = std::fs::read_to_string(&pid_file).unwrap();
    let server = left_by_a_crash.lines().next().unwrap();
    cluster.stop().unwrap();

    let mut alive = of_the_servers_user("sleep", &data).arg("1000").spawn().unwrap();
    // Nobody reaps this one: a dead process whose number is still taken.
    let mut dead = of_the_servers_user("true", &data).spawn().unwrap();
    for process in [&alive, &dead] {
        std::fs::write(&pid_file, left_by_a_crash.replacen(server, &process.id().to_string(), 1)).unwrap();
        let cluster = Cluster::start(&options).unwrap();
        assert_eq!(ask(cluster.url(), "SELECT 1").await, "1");
        assert_eq!(cluster.stop().unwrap(), Departure::Stopped);
    }
    assert!(alive.try_wait().unwrap().is_none(), "no signal reached the other process");
    alive.kill().unwrap();
    alive.wait().unwrap();
    dead.wait().unwrap();
}

#[tokio::test]
async fn an_adopted_server_moves_to_the_port_that_is_asked_for_unless_somebody_uses_it() {
    let folder = folder();
    let mut victim = Holder::spawn(Holder::command(folder.path()));
    let old_url = victim.url();
    victim.kill();

    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let cluster = Cluster::start(&Options { port: Some(port), ..disposable(&folder) }).unwrap();
    assert_eq!(cluster.port(), port);
    assert_eq!(ask(cluster.url(), "SELECT 1").await, "1");
    assert!(!answers(&old_url).await);

    let elsewhere = Cluster::start(&Options { port: Some(1), ..disposable(&folder) });
    assert!(matches!(elsewhere, Err(Error::InUse { .. })));
    assert_eq!(ask(cluster.url(), "SELECT 1").await, "1");
}

#[tokio::test]
async fn a_crashed_server_is_not_started_behind_the_back_of_those_who_still_use_it() {
    let folder = folder();
    let options = disposable(&folder);
    let (crashing, still_there) = (Cluster::start(&options).unwrap(), Cluster::start(&options).unwrap());
    crashing.crash().unwrap();
    assert!(!answers(still_there.url()).await);
    assert!(matches!(Cluster::start(&options), Err(Error::InUse { .. })));

    assert_eq!(still_there.stop().unwrap(), Departure::Stopped);
    let again = Cluster::start(&options).unwrap();
    assert_eq!(ask(again.url(), "SELECT 1").await, "1");
}

/// The folders of clusters, complete or not.
fn clusters(data_dir: &Path) -> Vec<PathBuf> {
    let entries = data_dir.read_dir().unwrap();
    entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect()
}

fn of_the_servers_user(program: &str, data: &Path) -> Command {
    let owner = std::fs::metadata(data).unwrap();
    let mut command = Command::new(program);
    command.uid(owner.uid()).gid(owner.gid());
    command
}
