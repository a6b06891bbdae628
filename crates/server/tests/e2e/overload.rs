//! Ten times as many clients as a slow database can serve.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::support::{Database, Issuer, Mode, Proxy, Server};

const CLIENTS: usize = 256;

/// Clients share them, so that the database and not the caches of callers is what is slow.
const USERS: usize = 32;

/// What each answer of the database takes longer.
const SLOWNESS: Duration = Duration::from_millis(50);

const DURATION: Duration = Duration::from_secs(4);

/// What memory may grow by, in KiB: requests in flight, not a queue of them.
const GROWTH: u64 = 64 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_served_in_time_is_turned_away_and_the_server_stays_alive() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let proxy = Proxy::to(database.url()).await;
    let server = Arc::new(issuer.server(proxy.url()).await);
    let tokens: Vec<_> = (0..USERS).map(|user| issuer.token(&format!("user-{user}"))).collect();
    for token in &tokens {
        assert_eq!(ask(write(&server, token)).await.status, 201);
    }
    let memory = server.memory();

    proxy.set(Mode::Slow(SLOWNESS));
    let end = Instant::now() + DURATION;
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        clients.spawn(ask_until(end, Arc::clone(&server), tokens[number % USERS].clone(), number));
    }
    let mut health = Vec::new();
    while Instant::now() < end {
        health.push(ask(server.request("GET", "/health/live")).await);
        sleep(Duration::from_millis(50)).await;
    }
    let grown = server.memory().saturating_sub(memory);
    let answers = clients.join_all().await.concat();
    proxy.set(Mode::Open);

    let times = |wanted: &dyn Fn(&Answer) -> bool| {
        let mut times: Vec<_> = answers.iter().filter(|it| wanted(it)).map(|it| it.took).collect();
        times.sort_unstable();
        times
    };
    let served = times(&|it| it.status < 300);
    let turned_away = times(&|it| it.code == "overloaded");
    eprintln!(
        "{} served (p50 {:.1?}, p99 {:.1?}), {} turned away (p50 {:.1?}, p99 {:.1?}), {} refused otherwise; \
         {} health checks (longest {:.1?}); memory {memory} KiB + {grown} KiB",
        served.len(),
        percentile(&served, 50),
        percentile(&served, 99),
        turned_away.len(),
        percentile(&turned_away, 50),
        percentile(&turned_away, 99),
        answers.len() - served.len() - turned_away.len(),
        health.len(),
        health.iter().map(|it| it.took).max().unwrap(),
    );
    assert!(answers.iter().all(Answer::is_fit), "{:?}", answers.iter().find(|it| !it.is_fit()));
    assert!(!served.is_empty() && !turned_away.is_empty());
    assert!(percentile(&served, 99) < Duration::from_secs(2 + 2), "of the served: {:?}", percentile(&served, 99));
    assert!(percentile(&turned_away, 50) < percentile(&served, 50), "who is turned away must not wait for it");
    assert!(health.iter().all(|it| it.status == 200 && it.took < Duration::from_secs(1)), "{health:?}");
    assert!(grown < GROWTH, "memory has grown by {grown} KiB");

    let over = Instant::now();
    while !ask(write(&server, &tokens[0])).await.is_served() {
        assert!(over.elapsed() < Duration::from_secs(2 + 1), "still overloaded");
    }
}

#[derive(Clone, Debug)]
struct Answer {
    status: u16,
    code: String,
    took: Duration,
    retry_after: bool,
}

impl Answer {
    fn is_served(&self) -> bool {
        matches!(self.status, 200 | 201)
    }

    fn is_fit(&self) -> bool {
        self.is_served() || (self.status == 503 && self.retry_after)
    }
}

async fn ask_until(end: Instant, server: Arc<Server>, token: String, number: usize) -> Vec<Answer> {
    let mut answers = Vec::new();
    while Instant::now() < end {
        let request =
            if (number + answers.len()).is_multiple_of(2) { read(&server, &token) } else { write(&server, &token) };
        let answer = ask(request).await;
        if !answer.is_served() {
            // Sooner than the answer asks for, but the load generator must not become the load.
            sleep(Duration::from_millis(200)).await;
        }
        answers.push(answer);
    }
    answers
}

fn read(server: &Server, token: &str) -> RequestBuilder {
    server.request("GET", "/api/tasks").bearer_auth(token)
}

fn write(server: &Server, token: &str) -> RequestBuilder {
    server.request("POST", "/api/tasks").bearer_auth(token).json(&json!({"title": "Buy milk"}))
}

async fn ask(request: RequestBuilder) -> Answer {
    let asked = Instant::now();
    let response = request.send().await.unwrap();
    let took = asked.elapsed();
    let (status, retry_after) = (response.status().as_u16(), response.headers().contains_key("retry-after"));
    let body: Value = response.json().await.unwrap();
    let code = body["code"].as_str().unwrap_or_default().to_owned();
    Answer { status, code, took, retry_after }
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted.get(sorted.len() * percent / 100).or(sorted.last()).copied().unwrap_or_default()
}
