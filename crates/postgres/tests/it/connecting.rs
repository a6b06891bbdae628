//! What is said of databases that cannot be connected to: one line, with what to do, and nothing secret.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;

use hexado_devdb::testing::TestCluster;
use hexado_domain::error::StoreError;
use hexado_domain::health::Probe;
use hexado_postgres::{Options, PgProbe, Postgres};

/// What a store says that was made with this URL.
async fn line(url: &str) -> String {
    let options = Options::parse(url, false).unwrap();
    match PgProbe::new(&Postgres::connect(options)).round_trip().await {
        Err(StoreError::Unavailable(cause)) => cause.to_string(),
        other => panic!("{url}: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_login_is_explained() {
    let cluster = TestCluster::shared().await.unwrap();
    let (before, place) = cluster.url().split_once('@').unwrap();
    let place = place.split('/').next().unwrap();
    let login = "correct user and password in the URL";
    for (url, problem, remedy) in [
        (
            format!("postgres://postgres:hunter2@{place}/postgres?sslmode=disable"),
            "password authentication failed for user \"postgres\"",
            login,
        ),
        (
            format!("postgres://nobody:hunter2@{place}/postgres?sslmode=disable"),
            "password authentication failed for user \"nobody\"",
            login,
        ),
        (format!("postgres://postgres@{place}/postgres?sslmode=disable"), "password missing", "put it into the URL"),
        (
            format!("{before}@{place}/nowhere?sslmode=disable"),
            "database \"nowhere\" does not exist",
            "create the database, or correct its name in the URL",
        ),
    ] {
        let line = line(&url).await;
        assert!(line.contains(&format!("{place}: ")) && line.contains(problem) && line.contains(remedy), "{line}");
        assert!(!line.contains("hunter2") && !line.contains('\n'), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_place_is_explained() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let web_server = web_server();
    for (url, place, remedy) in [
        (
            format!("postgres://ann:hunter2@{free}/a"),
            free.to_string(),
            "start the database there, or correct host and port",
        ),
        (
            "postgres://ann:hunter2@nowhere.invalid/a".to_owned(),
            "nowhere.invalid:5432".to_owned(),
            "correct the host in the URL",
        ),
        (
            format!("postgres://ann:hunter2@{web_server}/a?sslmode=require"),
            web_server.to_string(),
            "switch TLS on there",
        ),
        (
            format!("postgres://ann:hunter2@{web_server}/a"),
            web_server.to_string(),
            "see whether host and port in the URL are right",
        ),
        (
            "postgres:///a?host=/nowhere&user=ann&password=hunter2".to_owned(),
            "/nowhere/.s.PGSQL.5432".to_owned(),
            "there is no such socket",
        ),
    ] {
        let line = line(&url).await;
        assert!(line.contains(&format!("{place}: ")) && line.contains(remedy), "{line}");
        assert!(!line.contains("hunter2") && !line.contains('\n'), "{line}");
    }
}

/// Something that answers whatever it is told, but not as a database does.
fn web_server() -> std::net::SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let mut heard = [0; 1024];
                // Until the other side has had enough.
                while stream.read(&mut heard).is_ok_and(|bytes| bytes > 0)
                    && stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").is_ok()
                {
                }
            });
        }
    });
    address
}
