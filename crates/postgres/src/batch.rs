//! Writes that go together.
//!
//! Most of what a small statement costs PostgreSQL is its beginning and its commit: twenty tasks stored by one statement
//! cost it a third of what they cost stored by twenty. So a write that comes while as many of its kind as may be are under
//! way waits for one of them to return, and goes together with all that have come meanwhile. Where none has to wait, each
//! goes by itself and at once.
//!
//! Nobody pays for a neighbour. A batch that is refused has done nothing, and each of its writes is tried by itself. A
//! batch has one write of a user at most, in the order of users; while that is waiting or under way, others of the user go
//! by themselves, as they would wait for the same row.
//!
//! Each runtime (a worker of the web server has its own) makes its own batches, so that none ends with the runtime of
//! somebody else.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use futures_util::future::join_all;
use tokio::runtime::{self, Handle};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument, Span};

use crate::db::Db;
use crate::error::Failure;

/// How many batches of a kind a runtime has under way. One is being made by the database while the other's answer is read.
const UNDER_WAY: usize = 2;

/// How many writes a batch has at most, so that none takes long.
const LARGEST: usize = 64;

/// How writes have gone, since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchUsage {
    /// Writes that wait for others to return.
    pub waiting: usize,
    /// Batches that went; some of a single write.
    pub batches: u64,
    /// Writes that went in them.
    pub writes: u64,
}

/// What a [`BatchUsage`] is read from.
#[derive(Default)]
pub(crate) struct Counts {
    waiting: AtomicUsize,
    batches: AtomicU64,
    writes: AtomicU64,
}

impl Counts {
    pub(crate) fn usage(&self) -> BatchUsage {
        BatchUsage {
            waiting: self.waiting.load(Ordering::Relaxed),
            batches: self.batches.load(Ordering::Relaxed),
            writes: self.writes.load(Ordering::Relaxed),
        }
    }
}

/// A write that can go together with others of its kind.
pub(crate) trait Batched: Send + Sync + Sized + 'static {
    /// What the database returns of each.
    type Row: Send + 'static;

    /// The user whose row numbers the change.
    fn owner(&self) -> &str;

    fn owner_of(row: &Self::Row) -> &str;

    /// As [`Db::write`]: stores all of them, each of another owner, or none.
    fn store(
        db: &Db,
        writes: &[&Self],
        deadline: Instant,
    ) -> impl Future<Output = Result<Vec<Self::Row>, Failure>> + Send;
}

/// The writes of a kind.
pub(crate) struct Batches<W: Batched> {
    db: Arc<Db>,
    by_runtime: RwLock<HashMap<runtime::Id, Arc<Queue<W>>>>,
}

/// What one runtime writes.
struct Queue<W: Batched> {
    db: Arc<Db>,
    state: Mutex<State<W>>,
}

struct State<W: Batched> {
    waiting: VecDeque<Waiting<W>>,
    batches_under_way: usize,
    /// Of the writes that wait or are under way.
    owners: HashSet<String>,
}

struct Waiting<W: Batched> {
    write: W,
    deadline: Instant,
    answer: oneshot::Sender<Answer<W>>,
    /// Of who waits. The statement belongs to that of the first.
    span: Span,
}

/// No row if there was nothing to write to.
type Answer<W> = Result<Option<<W as Batched>::Row>, Failure>;

impl<W: Batched> Batches<W> {
    pub(crate) fn new(db: Arc<Db>) -> Self {
        Self { db, by_runtime: RwLock::default() }
    }

    /// As [`Db::write`]. A caller who gives up while the write still waits takes it back.
    pub(crate) async fn write(&self, write: W, deadline: Instant) -> Answer<W> {
        let answered = match self.queue().join(write, deadline) {
            Ok((answered, span)) => timeout_at(deadline, answered).instrument(span).await,
            Err(alone) => return W::store(&self.db, &[&alone], deadline).await.map(|rows| rows.into_iter().next()),
        };
        match answered {
            Ok(Ok(answer)) => answer,
            Ok(Err(dropped)) => Err(Failure::Unanswered(dropped.into())),
            Err(late) => Err(Failure::Unanswered(late.into())),
        }
    }

    fn queue(&self) -> Arc<Queue<W>> {
        let runtime = Handle::current().id();
        let known = self.by_runtime.read().unwrap_or_else(PoisonError::into_inner).get(&runtime).cloned();
        known.unwrap_or_else(|| {
            let mut by_runtime = self.by_runtime.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(by_runtime.entry(runtime).or_insert_with(|| Arc::new(Queue::new(Arc::clone(&self.db)))))
        })
    }
}

impl<W: Batched> Queue<W> {
    fn new(db: Arc<Db>) -> Self {
        let state = State { waiting: VecDeque::new(), batches_under_way: 0, owners: HashSet::new() };
        Self { db, state: Mutex::new(state) }
    }

    /// Lines the write up, unless its owner has another one waiting or under way.
    fn join(self: Arc<Self>, write: W, deadline: Instant) -> Result<(oneshot::Receiver<Answer<W>>, Span), W> {
        let (answer, answered) = oneshot::channel();
        let span;
        {
            let mut state = self.state();
            if !state.owners.insert(write.owner().to_owned()) {
                return Err(write);
            }
            span = tracing::info_span!("batch");
            state.waiting.push_back(Waiting { write, deadline, answer, span: span.clone() });
            self.db.batches.waiting.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(batch) = self.take() {
            tokio::spawn(async move {
                let mut next = Some(batch);
                while let Some(batch) = next {
                    self.store(batch).await;
                    next = self.take();
                }
            });
        }
        Ok((answered, span))
    }

    fn state(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next batch, if one may go.
    fn take(self: &Arc<Self>) -> Option<Batch<W>> {
        let mut state = self.state();
        if state.batches_under_way == UNDER_WAY {
            return None;
        }
        let counts = &self.db.batches;
        let mut writes = Vec::new();
        while writes.len() < LARGEST
            && let Some(write) = state.waiting.pop_front()
        {
            counts.waiting.fetch_sub(1, Ordering::Relaxed);
            if write.answer.is_closed() {
                state.owners.remove(write.write.owner());
            } else {
                writes.push(write);
            }
        }
        if writes.is_empty() {
            return None;
        }
        counts.batches.fetch_add(1, Ordering::Relaxed);
        counts.writes.fetch_add(writes.len() as u64, Ordering::Relaxed);
        state.batches_under_way += 1;
        writes.sort_unstable_by(|a, b| a.write.owner().cmp(b.write.owner()));
        let owners = writes.iter().map(|write| write.write.owner().to_owned()).collect();
        Some(Batch { queue: Arc::clone(self), owners, writes })
    }

    async fn store(&self, mut batch: Batch<W>) {
        let writes = std::mem::take(&mut batch.writes);
        let failure = match self.try_all(&writes).await {
            Ok(rows) => return tell(writes, rows),
            Err(failure) => failure,
        };
        if writes.len() > 1 && failure.is_refusal() {
            join_all(writes.into_iter().map(async |write| {
                let answer = self.try_all(std::slice::from_ref(&write)).await;
                let _ = write.answer.send(answer.map(|rows| rows.into_iter().next()));
            }))
            .await;
            return;
        }
        for write in writes {
            let _ = write.answer.send(Err(failure.repeated()));
        }
    }

    /// Until the first of them gives up.
    async fn try_all(&self, writes: &[Waiting<W>]) -> Result<Vec<W::Row>, Failure> {
        let deadline = writes.iter().map(|write| write.deadline).min().unwrap_or_else(|| self.db.deadline());
        let span = writes.first().map_or_else(Span::none, |write| write.span.clone());
        let writes: Vec<&W> = writes.iter().map(|write| &write.write).collect();
        W::store(&self.db, &writes, deadline).instrument(span).await
    }
}

/// Writes that are under way, until it is dropped.
struct Batch<W: Batched> {
    queue: Arc<Queue<W>>,
    owners: Vec<String>,
    writes: Vec<Waiting<W>>,
}

impl<W: Batched> Drop for Batch<W> {
    fn drop(&mut self) {
        let mut state = self.queue.state();
        state.batches_under_way -= 1;
        for owner in &self.owners {
            state.owners.remove(owner);
        }
    }
}

/// Tells each write of its row. Who has given up is not told.
fn tell<W: Batched>(writes: Vec<Waiting<W>>, rows: Vec<W::Row>) {
    let mut rows: HashMap<String, W::Row> = rows.into_iter().map(|row| (W::owner_of(&row).to_owned(), row)).collect();
    for Waiting { write, answer, .. } in writes {
        let _ = answer.send(Ok(rows.remove(write.owner())));
    }
}
