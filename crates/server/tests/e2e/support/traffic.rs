use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::{Client, RequestBuilder, Response};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{Issuer, Server, client};

/// How many users read all the time, and how many write.
const CLIENTS: usize = 4;

/// Between an answer and the next request of a client.
const PAUSE: Duration = Duration::from_millis(20);

/// Reached only by what never happens.
const PATIENCE: Duration = Duration::from_secs(60);

/// Clients that never stop asking, whatever they are answered. They end with the test.
pub(crate) struct Traffic {
    answers: Arc<Mutex<Vec<Answer>>>,
    clients: JoinSet<()>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    Live,
    Ready,
    Read,
    Write,
}

/// One request and what came of it.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) question: Question,
    pub(crate) client: usize,
    pub(crate) asked: Instant,
    pub(crate) took: Duration,
    /// 0 without an answer.
    pub(crate) status: u16,
    /// A refusal says when to ask again, as a problem.
    pub(crate) explained: bool,
}

impl Traffic {
    /// Every client was served by then.
    pub(crate) async fn start(server: &Server, issuer: &Issuer) -> Self {
        let mut traffic = Self { answers: Arc::default(), clients: JoinSet::new() };
        for question in [Question::Live, Question::Ready] {
            traffic.ask(question, 0, server, issuer);
        }
        for client in 0..CLIENTS {
            traffic.ask(Question::Read, client, server, issuer);
            traffic.ask(Question::Write, client, server, issuer);
        }
        traffic.until_all_are_served(Instant::now(), &Question::ALL).await;
        traffic
    }

    fn ask(&mut self, question: Question, number: usize, server: &Server, issuer: &Issuer) {
        let (url, token) = (server.url.clone(), issuer.token(&format!("{question:?}-{number}")));
        let answers = Arc::clone(&self.answers);
        self.clients.spawn(async move {
            let client = client();
            loop {
                let asked = Instant::now();
                let answered = question.request(&client, &url, &token).send().await;
                let took = asked.elapsed();
                let (status, explained) =
                    answered.as_ref().map_or((0, false), |it| (it.status().as_u16(), explains(it)));
                let answer = Answer { question, client: number, asked, took, status, explained };
                answers.lock().unwrap().push(answer);
                sleep(PAUSE).await;
            }
        });
    }

    /// All answers so far.
    pub(crate) fn answers(&self) -> Vec<Answer> {
        self.answers.lock().unwrap().clone()
    }

    /// Waits for an answer like this that comes after `start`, and tells how long after `start` it came.
    pub(crate) async fn until(&self, start: Instant, wanted: impl Fn(&Answer) -> bool) -> Duration {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) =
                self.answers().iter().find(|answer| answer.asked + answer.took >= start && wanted(answer))
            {
                return answer.asked + answer.took - start;
            }
            assert!(Instant::now() < deadline, "never answered like that: {:?}", self.answers().last());
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until every client that asks one of `questions` got a good answer after `start`, and tells how long that took.
    pub(crate) async fn until_all_are_served(&self, start: Instant, questions: &[Question]) -> Duration {
        let mut longest = Duration::ZERO;
        for question in questions {
            let clients = if matches!(question, Question::Live | Question::Ready) { 1 } else { CLIENTS };
            for client in 0..clients {
                let wanted = |it: &Answer| it.question == *question && it.client == client && it.is_served();
                longest = longest.max(self.until(start, wanted).await);
            }
        }
        longest
    }
}

impl Question {
    pub(crate) const ALL: [Self; 4] = [Self::Live, Self::Ready, Self::Read, Self::Write];

    fn request(self, client: &Client, server: &str, token: &str) -> RequestBuilder {
        match self {
            Self::Live => client.get(format!("{server}/health/live")),
            Self::Ready => client.get(format!("{server}/health/ready")),
            Self::Read => client.get(format!("{server}/api/tasks")).bearer_auth(token),
            Self::Write => {
                client.post(format!("{server}/api/tasks")).bearer_auth(token).json(&json!({"title": "Buy milk"}))
            }
        }
    }
}

impl Answer {
    pub(crate) fn is_served(&self) -> bool {
        matches!(self.status, 200 | 201)
    }
}

/// Health answers tell in JSON what is down; everybody else is told when to try again.
fn explains(response: &Response) -> bool {
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
    header("content-type") == Some("application/problem+json") && header("retry-after").is_some()
}
