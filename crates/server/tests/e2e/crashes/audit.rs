use std::collections::BTreeMap;
use std::fmt;

use tokio_postgres::Client;

use super::writer::{Known, Writer};

/// What the database holds, against what the writers were answered.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    answered: u64,
    retries: u64,
    replayed: u64,
    /// Tasks that an answer showed and that are not there.
    lost: usize,
    /// Tasks, versions, log entries or records that no answer told of.
    doubled: usize,
    /// Tasks that are as they were before a write that was answered, or that are there again.
    undone: usize,
    /// What the counters and the change log say, and the tasks do not.
    inconsistent: Vec<String>,
}

impl Verdict {
    pub(super) async fn find(database: &Client, writers: &[Writer]) -> Self {
        let mut verdict = Self::default();
        let mut known = BTreeMap::new();
        for writer in writers {
            verdict.answered += writer.answered;
            verdict.retries += writer.retries;
            verdict.replayed += writer.replayed;
            known.extend(writer.tasks.iter().map(|(id, known)| (*id, known.clone())));
        }
        verdict.compare(&stored(database).await, &known);
        for (user, answered) in by_user(writers) {
            verdict.count(database, user, answered).await;
        }
        verdict
    }

    pub(super) fn is_clean(&self) -> bool {
        (self.lost, self.doubled, self.undone) == (0, 0, 0) && self.inconsistent.is_empty()
    }

    fn compare(&mut self, stored: &BTreeMap<i64, Known>, known: &BTreeMap<i64, Known>) {
        self.lost += known.keys().filter(|id| !stored.contains_key(id)).count();
        for (id, found) in stored {
            match known.get(id) {
                // Deleted, or created twice: the change log tells which, and the sum is never 0.
                None => self.undone += 1,
                Some(expected) if found.version > expected.version => self.doubled += 1,
                Some(expected) if found != expected => self.undone += 1,
                Some(_) => {}
            }
        }
    }

    /// Every answered write has made one entry in the log and one record, and nothing else has.
    async fn count(&mut self, database: &Client, user: &str, answered: u64) {
        for table in ["changes", "idempotency_keys"] {
            let sql = format!("SELECT count(*) FROM {table} WHERE user_id = $1");
            let count: i64 = database.query_one(&sql, &[&user]).await.unwrap().get(0);
            let (found, answered) = (usize::try_from(count).unwrap(), usize::try_from(answered).unwrap());
            self.doubled += found.saturating_sub(answered);
            self.lost += answered.saturating_sub(found);
        }
        let rows = database.query(include_str!("../../../../postgres/tests/it/inconsistencies.sql"), &[&user]).await;
        self.inconsistent.extend(rows.unwrap().iter().map(|row| row.get::<_, String>(0)));
    }
}

async fn stored(database: &Client) -> BTreeMap<i64, Known> {
    let tasks = "SELECT id, title, completed_at IS NOT NULL, version FROM tasks";
    let tasks = database.query(tasks, &[]).await.unwrap();
    let known =
        tasks.iter().map(|row| (row.get(0), Known { title: row.get(1), completed: row.get(2), version: row.get(3) }));
    known.collect()
}

fn by_user(writers: &[Writer]) -> BTreeMap<&str, u64> {
    let mut users = BTreeMap::new();
    for writer in writers {
        *users.entry(writer.user.as_str()).or_default() += writer.answered;
    }
    users
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { answered, retries, replayed, lost, doubled, undone, inconsistent } = self;
        write!(f, "{answered} writes answered, {retries} retries, {replayed} of them answered from memory; ")?;
        write!(f, "{lost} lost, {doubled} doubled, {undone} undone")?;
        inconsistent.iter().try_for_each(|what| write!(f, "\n{what}"))
    }
}
