use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::support::client;

/// A client that does one thing after the other to tasks of its own, and sends each again until it knows its outcome.
pub(super) struct Writer {
    client: Client,
    tasks_url: String,
    token: String,
    number: usize,
    pub(super) user: String,
    /// What the answers said.
    pub(super) tasks: BTreeMap<i64, Known>,
    pub(super) answered: u64,
    pub(super) retries: u64,
    /// Answers that the server told from memory: the first sending had been carried out.
    pub(super) replayed: u64,
    last: Option<(Write, Value)>,
}

/// A task as its last answer showed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) title: String,
    pub(super) completed: bool,
    pub(super) version: i64,
}

/// A request that may be sent any number of times.
#[derive(Clone)]
struct Write {
    key: String,
    method: &'static str,
    path: String,
    body: Value,
}

impl Writer {
    pub(super) fn new(server: &str, user: &str, token: &str, number: usize) -> Self {
        Self {
            client: client(),
            tasks_url: format!("{server}/api/tasks"),
            token: token.to_owned(),
            number,
            user: user.to_owned(),
            tasks: BTreeMap::new(),
            answered: 0,
            retries: 0,
            replayed: 0,
            last: None,
        }
    }

    /// Answers itself, for the audit.
    pub(super) async fn write_until(mut self, stop: Arc<AtomicBool>, answered: Arc<AtomicU64>) -> Self {
        while !stop.load(Ordering::Relaxed) {
            self.write().await;
            answered.fetch_add(1, Ordering::Relaxed);
        }
        self
    }

    /// The last write again, long after it was answered.
    pub(super) async fn repeat_the_last(&mut self) {
        let (write, answer) = self.last.clone().unwrap();
        let replayed = self.replayed;
        assert_eq!(self.outcome(&write).await, answer, "{}", write.key);
        assert_eq!(self.replayed, replayed + 1);
    }

    /// In turn: two creations, a new title, a completion, a deletion.
    async fn write(&mut self) {
        let oldest = self.tasks.first_key_value().map(|(id, known)| (*id, known.clone()));
        match (self.answered % 5, oldest) {
            (2, Some((id, known))) => {
                let title = format!("{} again", self.title());
                let body = json!({"title": title.as_str()});
                self.change(id, "PATCH", "", body, Known { title, ..known }).await;
            }
            (3, Some((id, known))) => {
                let completed = !known.completed;
                self.change(id, "PATCH", "/complete", json!({"completed": completed}), Known { completed, ..known })
                    .await;
            }
            (4, Some((id, _))) => {
                self.send("DELETE", format!("/{id}"), Value::Null).await;
                self.tasks.remove(&id);
            }
            _ => {
                let title = self.title();
                let task = self.send("POST", String::new(), json!({"title": title.as_str()})).await;
                let known = Known { title, completed: false, version: 1 };
                assert_eq!(Known::of(&task), known);
                self.tasks.insert(task["id"].as_i64().unwrap(), known);
            }
        }
    }

    async fn change(&mut self, id: i64, method: &'static str, path: &str, body: Value, then: Known) {
        let task = self.send(method, format!("/{id}{path}"), body).await;
        let then = Known { version: then.version + 1, ..then };
        assert_eq!(Known::of(&task), then, "a write of task {id} was undone or done twice");
        self.tasks.insert(id, then);
    }

    /// Unlike any other.
    fn title(&self) -> String {
        format!("{}/{}", self.number, self.answered)
    }

    async fn send(&mut self, method: &'static str, path: String, body: Value) -> Value {
        let write = Write { key: self.title(), method, path, body };
        let answer = self.outcome(&write).await;
        self.answered += 1;
        self.last = Some((write, answer.clone()));
        answer
    }

    async fn outcome(&mut self, write: &Write) -> Value {
        loop {
            if let Ok(response) = self.attempt(write).await
                && let Some(answer) = self.definite(response, write).await
            {
                return answer;
            }
            self.retries += 1;
            sleep(Duration::from_millis(20)).await;
        }
    }

    async fn attempt(&self, write: &Write) -> reqwest::Result<Response> {
        let url = format!("{}{}", self.tasks_url, write.path);
        let request = self.client.request(write.method.parse().unwrap(), url).bearer_auth(&self.token);
        let request = request.header("Idempotency-Key", &write.key).timeout(Duration::from_secs(10));
        let with_body = if write.body.is_null() { request } else { request.json(&write.body) };
        with_body.send().await
    }

    /// `None` if the outcome is still unknown.
    async fn definite(&mut self, response: Response, write: &Write) -> Option<Value> {
        let status = response.status().as_u16();
        let replayed = response.headers().contains_key("idempotency-replayed");
        let text = response.text().await.ok()?;
        match status {
            200 | 201 => {}
            // Not now, or another sending of the same is under way.
            409 | 503 => return None,
            status => panic!("{} {} ({}) is answered {status}: {text}", write.method, write.path, write.key),
        }
        self.replayed += u64::from(replayed);
        Some(serde_json::from_str(&text).unwrap())
    }
}

impl Known {
    fn of(task: &Value) -> Self {
        Self {
            title: task["title"].as_str().unwrap().to_owned(),
            completed: task["completed"].as_bool().unwrap(),
            version: task["version"].as_i64().unwrap(),
        }
    }
}
