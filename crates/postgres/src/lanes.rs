//! Lanes: connections that many short reads share at the same time.
//!
//! Requests on one connection are sent without waiting for the answers to those before them, which costs the client half
//! and the server a third of what a connection for each would. That holds for the runtime that moves the connection's
//! bytes; so each runtime (a worker of the web server has its own) makes lanes for itself when it is told to or first reads, and a
//! lane ends with its runtime. Behind a slow statement all others wait: only what is short and prepared belongs here.
//!
//! Where none is up, reads wait a moment for the one that is being made, and take the pool when it fails or takes long: after
//! all connections broke, one new connection is quicker than as many as there are reads.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::future::BoxFuture;
use tokio::runtime::{self, Handle};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::connect::{Connector, SharedConnection};
use crate::error::Failure;
use crate::statement::Statement;

/// Prepares the statements that run often, so that none of them holds up others later.
pub(crate) type Warm = for<'c> fn(&'c AsyncPgConnection) -> BoxFuture<'c, QueryResult<()>>;

/// How many reads may be under way on one lane; what exceeds it takes the pool.
const MAX_IN_FLIGHT: usize = 128;

/// How long it takes until a lane is made anew that could not be made, or had just been made: twice as long each time,
/// within these bounds. One that lived longer than that is made anew at once.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// How long each further lane of a runtime comes after the one before: one is enough to begin with, and the server has
/// enough to do when all connections are new.
const STAGGER: Duration = Duration::from_millis(100);

/// The lanes of all runtimes to one database.
pub(crate) struct Lanes {
    connector: Arc<Connector>,
    warm: Warm,
    by_runtime: RwLock<HashMap<runtime::Id, Weak<Slots>>>,
    /// Its end is the keepers' end.
    open: watch::Sender<()>,
}

/// How the lanes of all runtimes are doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LaneUsage {
    /// Lanes that there should be.
    pub wanted: usize,
    /// Lanes that are up.
    pub up: usize,
    /// Reads that are under way.
    pub in_flight: usize,
    /// Lanes that were made since the start; what exceeds those wanted took the place of lanes that were lost.
    pub made: u64,
}

/// The lanes of one runtime. Each belongs to a keeper, a task of that runtime.
struct Slots {
    lanes: Vec<RwLock<Option<Arc<Lane>>>>,
    /// Lanes that were ever put into them.
    made: AtomicU64,
    /// Whether the latest try to make one failed.
    failing: watch::Sender<bool>,
}

struct Lane {
    conn: AsyncPgConnection,
    driver: AbortHandle,
    in_flight: AtomicUsize,
    /// Whether a read has found it broken, which may be before its keeper is told.
    is_broken: AtomicBool,
}

/// One read's place on a lane.
pub(crate) struct Ride(Arc<Lane>);

impl Lanes {
    /// Makes no lane yet.
    pub(crate) fn new(connector: Arc<Connector>, warm: Warm) -> Self {
        Self { connector, warm, by_runtime: RwLock::default(), open: watch::Sender::new(()) }
    }

    pub(crate) fn usage(&self) -> LaneUsage {
        let by_runtime = self.by_runtime.read().unwrap_or_else(PoisonError::into_inner);
        let mut usage = LaneUsage::default();
        for slots in by_runtime.values().filter_map(Weak::upgrade) {
            usage.wanted += slots.lanes.len();
            usage.made += slots.made.load(Ordering::Relaxed);
            for lane in slots.up() {
                usage.up += 1;
                usage.in_flight += lane.in_flight.load(Ordering::Relaxed);
            }
        }
        usage
    }

    /// Makes the present runtime's lanes, if it has none.
    pub(crate) fn open(&self) {
        self.slots();
    }

    /// A place on the least busy lane of the present runtime, if one is up, or soon will be, and has room.
    pub(crate) async fn board(&self) -> Option<Ride> {
        let slots = self.slots()?;
        let lane = match slots.least_busy() {
            Some(lane) => lane,
            None => slots.soon(self.connector.options().limits.lane_wait).await?,
        };
        let busy = lane.in_flight.fetch_add(1, Ordering::Relaxed) >= MAX_IN_FLIGHT;
        Some(Ride(lane)).filter(|_| !busy)
    }

    /// Ends every lane, so that new ones are made. Reads that are under way on them fail as disconnected.
    pub(crate) fn give_up(&self) {
        let by_runtime = self.by_runtime.read().unwrap_or_else(PoisonError::into_inner);
        for slots in by_runtime.values().filter_map(Weak::upgrade) {
            slots.up().for_each(|lane| lane.driver.abort());
        }
    }

    fn slots(&self) -> Option<Arc<Slots>> {
        let count = self.connector.options().lanes;
        if count == 0 {
            return None;
        }
        let runtime = Handle::try_current().ok()?;
        let known = self.by_runtime.read().unwrap_or_else(PoisonError::into_inner).get(&runtime.id()).cloned();
        known.and_then(|slots| slots.upgrade()).or_else(|| Some(self.make_slots(&runtime, count)))
    }

    fn make_slots(&self, runtime: &Handle, count: usize) -> Arc<Slots> {
        let mut by_runtime = self.by_runtime.write().unwrap_or_else(PoisonError::into_inner);
        // Another thread of this runtime may have been quicker.
        if let Some(slots) = by_runtime.get(&runtime.id()).and_then(Weak::upgrade) {
            return slots;
        }
        let slots = Arc::new(Slots::new(count));
        for (index, stagger) in (0..count).zip(0..) {
            let (slots, connector) = (Arc::clone(&slots), Arc::clone(&self.connector));
            runtime.spawn(keep(slots, index, STAGGER * stagger, connector, self.warm, self.open.subscribe()));
        }
        by_runtime.retain(|_, slots| slots.strong_count() > 0);
        by_runtime.insert(runtime.id(), Arc::downgrade(&slots));
        slots
    }
}

/// Keeps a lane in a slot, after a delay, until the lanes are dropped.
async fn keep(
    slots: Arc<Slots>,
    index: usize,
    delay: Duration,
    connector: Arc<Connector>,
    warm: Warm,
    mut open: watch::Receiver<()>,
) {
    let (shortest, longest) = PAUSES;
    let mut pause = shortest;
    let keeping = async {
        loop {
            sleep(delay).await;
            let lived = match make(&connector, warm).await {
                Ok((lane, driver)) => {
                    let made = Instant::now();
                    slots.put(index, Some(lane));
                    // An error is an abortion, which is an end like others.
                    let _ = driver.await;
                    slots.put(index, None);
                    made.elapsed()
                }
                Err(failure) => {
                    slots.failing.send_replace(true);
                    tracing::debug!(?failure, "no lane to the database");
                    Duration::ZERO
                }
            };
            if lived > longest {
                pause = shortest;
            } else {
                sleep(pause).await;
                pause = longest.min(2 * pause);
            }
        }
    };
    tokio::select! {
        () = keeping => {}
        _ = open.changed() => {}
    }
}

async fn make(connector: &Connector, warm: Warm) -> Result<(Arc<Lane>, JoinHandle<()>), Failure> {
    let opened = connector.open_shared().await;
    let SharedConnection { conn, driver } = opened.map_err(|error| Failure::unavailable(error.to_string()))?;
    timeout(connector.options().limits.call, warm(&conn)).await.map_err(Failure::unavailable)??;
    let abort = driver.abort_handle();
    let lane = Lane { conn, driver: abort, in_flight: AtomicUsize::new(0), is_broken: AtomicBool::new(false) };
    Ok((Arc::new(lane), driver))
}

impl Slots {
    fn new(count: usize) -> Self {
        let lanes = (0..count).map(|_| RwLock::default()).collect();
        Self { lanes, made: AtomicU64::new(0), failing: watch::Sender::new(false) }
    }

    /// Those that are up.
    fn up(&self) -> impl Iterator<Item = Arc<Lane>> {
        let slots = self.lanes.iter();
        let lanes = slots.filter_map(|slot| slot.read().unwrap_or_else(PoisonError::into_inner).clone());
        lanes.filter(|lane| !lane.is_broken.load(Ordering::Relaxed))
    }

    fn least_busy(&self) -> Option<Arc<Lane>> {
        self.up().min_by_key(|lane| lane.in_flight.load(Ordering::Relaxed))
    }

    /// The next lane that is up, unless that fails or takes too long.
    async fn soon(&self, longest_wait: Duration) -> Option<Arc<Lane>> {
        let mut failing = self.failing.subscribe();
        let made = failing.wait_for(|failing| *failing || self.up().next().is_some());
        let _ = timeout(longest_wait, made).await;
        self.least_busy()
    }

    fn put(&self, index: usize, lane: Option<Arc<Lane>>) {
        let is_made = lane.is_some();
        *self.lanes[index].write().unwrap_or_else(PoisonError::into_inner) = lane;
        if is_made {
            self.made.fetch_add(1, Ordering::Relaxed);
            self.failing.send_replace(false);
        }
    }
}

impl Ride {
    pub(crate) async fn read<T>(&self, query: &impl Statement<T>, deadline: Instant) -> Result<Vec<T>, Failure> {
        let answer = timeout_at(deadline, query.rows(&self.0.conn)).await;
        let answer = answer.map_err(|late| Failure::Unanswered(late.into()))?.map_err(Failure::from);
        if matches!(answer, Err(Failure::Disconnected(_))) {
            self.0.is_broken.store(true, Ordering::Relaxed);
        }
        answer
    }
}

impl Drop for Ride {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}
