//! SIGTERM.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_postgres::Client;

use crate::support::{Database, Issuer, RawConnection, Server, body, client, free_port};

#[tokio::test]
async fn requests_in_flight_are_finished() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let (key_set, metrics) = (issuer.key_set_url(), format!("127.0.0.1:{}", free_port()));
    let variables = [("DATABASE_URL", database.url()), ("JWKS_URL", &*key_set), ("METRICS_ADDR", &*metrics)];
    let mut server = Server::start(&variables).await;
    let lock = Lock::of_user(&database, &server, &issuer).await;
    let in_flight = lock.requests(&server, &issuer, 8).await;
    // All but those that wait in the database wait behind them.
    let sample = "\nhexado_http_requests_in_flight 8\n";
    let url = format!("http://{metrics}/metrics");
    while !client().get(&url).send().await.unwrap().text().await.unwrap().contains(sample) {
        sleep(Duration::from_millis(5)).await;
    }

    server.signal("TERM");
    server.wait_for_log("stopping").await;
    lock.release().await;
    let answers = in_flight.join_all().await;
    assert_eq!(answers, [StatusCode::CREATED; 8], "{}", server.log());
    assert!(server.wait().await.success());
    let count = database.connect().await.query_one("SELECT count(*) FROM tasks", &[]).await.unwrap();
    assert_eq!(count.get::<_, i64>(0), 1 + 8);
}

#[tokio::test]
async fn under_load_what_was_answered_is_stored_and_nothing_fails() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let mut server = Server::start(&[("DATABASE_URL", database.url()), ("JWKS_URL", &issuer.key_set_url())]).await;
    let mut writers = JoinSet::new();
    for writer in 0..8 {
        let request = server.request("POST", "/api/tasks").bearer_auth(issuer.token(&format!("user-{writer}")));
        let request = request.json(&json!({"title": "Buy milk"}));
        writers.spawn(async move {
            let mut answers = Vec::new();
            // Ends when the server no longer answers: it must have stopped then.
            while let Ok(response) = request.try_clone().unwrap().send().await {
                answers.push(response.status());
            }
            answers
        });
    }
    server.wait_for_log("/tasks").await;
    server.signal("TERM");
    assert!(server.wait().await.success(), "{}", server.log());

    let answers = writers.join_all().await.concat();
    assert!(answers.iter().all(|status| *status == StatusCode::CREATED), "{answers:?}");
    let count = database.connect().await.query_one("SELECT count(*) FROM tasks", &[]).await.unwrap();
    let (stored, answered) = (count.get::<_, i64>(0), answers.len());
    // A request may be carried out whose answer meets a client that has given up, but never the other way round.
    assert!(usize::try_from(stored).unwrap() >= answered, "{answered} answered, {stored} stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_connections_that_are_kept_open_every_request_is_answered_and_the_last_answer_says_so() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let key_set = issuer.key_set_url();
    let variables = [("ENVIRONMENT", "staging"), ("DATABASE_URL", database.url()), ("JWKS_URL", key_set.as_str())];
    let mut server = Server::start(&variables).await;
    let mut clients = JoinSet::new();
    for number in 0..32 {
        let connection = RawConnection::open(&server).await;
        clients.spawn(create_until_told_to_go(connection, issuer.token(&format!("user-{number}"))));
    }
    server.wait_for_log("/tasks").await;
    server.signal("TERM");
    let answered: i64 = clients.join_all().await.iter().sum();
    assert!(server.wait().await.success(), "{}", server.log());
    let count = database.connect().await.query_one("SELECT count(*) FROM tasks", &[]).await.unwrap();
    assert_eq!(count.get::<_, i64>(0), answered);
}

/// One request after the other, as long as the server keeps the connection open.
async fn create_until_told_to_go(mut connection: RawConnection, token: String) -> i64 {
    let body = json!({"title": "Buy milk"}).to_string();
    let request = format!(
        "POST /api/tasks HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut answered = 0;
    loop {
        connection.send(&request).await.unwrap();
        let answer = connection.answer().await.unwrap();
        assert_eq!(answer.status, 201, "{}", answer.body);
        answered += 1;
        if answer.head.contains("\r\nconnection: close\r\n") {
            assert_eq!(connection.rest().await, "");
            return answered;
        }
    }
}

#[tokio::test]
async fn load_balancers_are_told_before_the_door_closes() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let key_set = issuer.key_set_url();
    let variables = [("ENVIRONMENT", "staging"), ("DATABASE_URL", database.url()), ("JWKS_URL", key_set.as_str())];
    let mut server = Server::start(&variables).await;
    server.signal("TERM");
    server.wait_for("/health/ready", 503).await;
    assert_eq!(body(server.get("/health/ready").await, 503).await["process"], "draining");
    let request = server.request("GET", "/api/tasks").bearer_auth(issuer.token("ann"));
    body(request.send().await.unwrap(), 200).await;
    assert!(server.wait().await.success());
}

#[tokio::test]
async fn a_second_signal_stops_at_once() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let mut server = Server::start(&[("DATABASE_URL", database.url()), ("JWKS_URL", &issuer.key_set_url())]).await;
    let lock = Lock::of_user(&database, &server, &issuer).await;
    let _in_flight = lock.requests(&server, &issuer, 1).await;
    server.signal("INT");
    server.wait_for_log("stopping").await;
    server.signal("TERM");
    assert_eq!(server.wait().await.code(), Some(1));
}

/// Keeps the writes of the user `ann` waiting.
struct Lock {
    holder: Client,
    observer: Client,
}

impl Lock {
    async fn of_user(database: &Database, server: &Server, issuer: &Issuer) -> Self {
        create(server, issuer).await;
        let lock = Self { holder: database.connect().await, observer: database.connect().await };
        lock.holder.batch_execute("BEGIN; SELECT 1 FROM user_counters WHERE user_id = 'ann' FOR UPDATE").await.unwrap();
        lock
    }

    /// Requests that wait for this lock, at least one of them in the database.
    async fn requests(&self, server: &Server, issuer: &Issuer, count: usize) -> JoinSet<StatusCode> {
        let mut requests = JoinSet::new();
        for _ in 0..count {
            let request = server.request("POST", "/api/tasks").bearer_auth(issuer.token("ann"));
            let request = request.json(&json!({"title": "Buy milk"}));
            requests.spawn(async move { request.send().await.unwrap().status() });
        }
        while self.waiting().await == 0 {
            assert!(requests.try_join_next().is_none(), "a request did not wait: {}", server.log());
            sleep(Duration::from_millis(5)).await;
        }
        requests
    }

    async fn waiting(&self) -> i64 {
        let sql =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        self.observer.query_one(sql, &[]).await.unwrap().get(0)
    }

    async fn release(&self) {
        self.holder.batch_execute("COMMIT").await.unwrap();
    }
}

async fn create(server: &Server, issuer: &Issuer) {
    let request = server.request("POST", "/api/tasks").bearer_auth(issuer.token("ann"));
    body(request.json(&json!({"title": "Buy milk"})).send().await.unwrap(), 201).await;
}
