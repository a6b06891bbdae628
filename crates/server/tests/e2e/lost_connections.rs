//! Every connection to the database is ended under load, again and again.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::support::{Database, Issuer, Server};

const CLIENTS: usize = 16;

const KILLS: usize = 5;

/// Everybody is served again much sooner. The rest is for busy machines.
const SERVED_AGAIN: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_served_again_with_nothing_but_their_own_data() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let server = Arc::new(issuer.server(database.url()).await);
    let seen: Vec<_> = (0..CLIENTS).map(|_| Arc::new(Mutex::new(Seen::default()))).collect();
    let mut clients = JoinSet::new();
    for (number, seen) in seen.iter().enumerate() {
        let (user, server) = (format!("user-{number}"), Arc::clone(&server));
        clients.spawn(read_and_write(server, issuer.token(&user), user, Arc::clone(seen)));
    }
    served_since(&seen, Instant::now()).await;

    let admin = database.connect().await;
    let kill_all = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let mut gaps = Vec::new();
    for _ in 0..KILLS {
        let killed: i64 = admin.query_one(kill_all, &[]).await.unwrap().get(0);
        assert!(killed > 0);
        gaps.push(served_since(&seen, Instant::now()).await);
        sleep(Duration::from_millis(200)).await;
    }
    clients.shutdown().await;

    let refused: usize = seen.iter().map(|seen| seen.lock().unwrap().refused).sum();
    eprintln!("the first and the last client were served again after {gaps:.0?}; {refused} requests were refused");
    assert!(gaps.iter().all(|(_, last)| *last < SERVED_AGAIN), "{gaps:?}");
    for (number, seen) in seen.iter().enumerate() {
        let stored = "SELECT title FROM tasks WHERE user_id = $1";
        let rows = admin.query(stored, &[&format!("user-{number}")]).await.unwrap();
        let titles: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
        assert_eq!(titles.len(), rows.len(), "a write was repeated blindly");
        assert!(titles.is_superset(&seen.lock().unwrap().created), "a write was lost");
    }
}

/// What one client was answered.
#[derive(Default)]
struct Seen {
    created: BTreeSet<String>,
    /// When the latest of the answers was asked for that were no refusal.
    last_read: Option<Instant>,
    last_written: Option<Instant>,
    refused: usize,
}

/// How long after `start` the first and the last client had been served, with a read and a write that they asked for
/// after `start`.
async fn served_since(seen: &[Arc<Mutex<Seen>>], start: Instant) -> (Duration, Duration) {
    let after = |asked: Option<Instant>| asked.is_some_and(|asked| asked > start);
    let is_served = |seen: &Mutex<Seen>| {
        let seen = seen.lock().unwrap();
        after(seen.last_read) && after(seen.last_written)
    };
    let mut first = None;
    loop {
        let served = seen.iter().filter(|seen| is_served(seen)).count();
        if served > 0 {
            first.get_or_insert_with(|| start.elapsed());
        }
        match first {
            Some(first) if served == seen.len() => return (first, start.elapsed()),
            _ => assert!(start.elapsed() < Duration::from_secs(60), "somebody is not served any more"),
        }
        sleep(Duration::from_millis(1)).await;
    }
}

async fn read_and_write(server: Arc<Server>, token: String, user: String, seen: Arc<Mutex<Seen>>) {
    for number in 0.. {
        let (asked, title) = (Instant::now(), format!("{user}/{number}"));
        let request = server.request("POST", "/api/tasks").bearer_auth(&token).json(&json!({"title": title}));
        let response = request.send().await.unwrap();
        match response.status().as_u16() {
            201 => {
                let mut seen = seen.lock().unwrap();
                seen.last_written = Some(asked);
                seen.created.insert(title);
            }
            status => refused(status, &seen).await,
        }

        let asked = Instant::now();
        let response = server.request("GET", "/api/tasks?limit=5").bearer_auth(&token).send().await.unwrap();
        match response.status().as_u16() {
            200 => {
                let tasks: Vec<Value> = response.json().await.unwrap();
                assert!(tasks.iter().all(|task| is_of(task, &user)), "{user} gets {tasks:?}");
                seen.lock().unwrap().last_read = Some(asked);
            }
            status => refused(status, &seen).await,
        }
    }
}

fn is_of(task: &Value, user: &str) -> bool {
    task["title"].as_str().and_then(|title| title.split('/').next()) == Some(user)
}

async fn refused(status: u16, seen: &Mutex<Seen>) {
    assert_eq!(status, 503);
    seen.lock().unwrap().refused += 1;
    // Not at once again, as any client would.
    sleep(Duration::from_millis(10)).await;
}
