use std::io;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use thiserror::Error;
use tokio::sync::oneshot;

/// Threads of their own for slow computations, so that a flood of sign-ins slows nothing but sign-ins.
///
/// Work that does not fit into the queue is refused at once. Work whose caller has gone is skipped when its turn comes.
/// Dropping the pool ends the threads when they have finished what they were given.
#[derive(Debug)]
pub struct HashingPool {
    queue: SyncSender<Job>,
}

/// How many computations run, and how many wait, at the same time.
#[derive(Clone, Copy, Debug)]
pub struct HashingPoolOptions {
    /// Each holds the memory of one computation: 32 MiB for a hash of ours.
    pub threads: NonZeroUsize,
    /// Computations that wait for a thread at most.
    pub queue: usize,
}

impl Default for HashingPoolOptions {
    /// All cores but one, and at least one; a queue that is done in about two seconds.
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = NonZeroUsize::new(cores - 1).unwrap_or(NonZeroUsize::MIN);
        Self { threads, queue: 16 * threads.get() }
    }
}

impl HashingPool {
    /// # Errors
    ///
    /// When the operating system gives no threads.
    pub fn start(options: &HashingPoolOptions) -> io::Result<Self> {
        let (queue, jobs) = sync_channel(options.queue);
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 1..=options.threads.get() {
            let jobs = Arc::clone(&jobs);
            thread::Builder::new().name(format!("hashing-{number}")).spawn(move || work(&jobs))?;
        }
        Ok(Self { queue })
    }

    /// What `computation` returns. It is queued when the future is first polled. Dropping the future is safe at any time, and
    /// saves the computation if its turn has not come.
    pub async fn run<T: Send + 'static>(
        &self,
        computation: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PoolError> {
        let (sender, receiver) = oneshot::channel();
        let job = move || {
            if !sender.is_closed() {
                // A caller that has gone meanwhile needs no result.
                let _ = sender.send(computation());
            }
        };
        match self.queue.try_send(Box::new(job)) {
            Ok(()) => receiver.await.map_err(|_| PoolError::Failed),
            Err(TrySendError::Full(_)) => Err(PoolError::Busy),
            Err(TrySendError::Disconnected(_)) => Err(PoolError::Failed),
        }
    }
}

/// Why a computation has no result.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PoolError {
    #[error("too many computations are waiting")]
    Busy,
    #[error("the computation panicked")]
    Failed,
}

type Job = Box<dyn FnOnce() + Send>;

/// Takes jobs until the pool is dropped. Whichever thread waits, holds the lock; the others wait for the lock.
fn work(jobs: &Mutex<Receiver<Job>>) {
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // The caller notices: the sender of its result is dropped. The thread goes on with the next job.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;

    fn pool(threads: usize, queue: usize) -> HashingPool {
        HashingPool::start(&HashingPoolOptions { threads: NonZeroUsize::new(threads).unwrap(), queue }).unwrap()
    }

    /// Occupies a thread of the pool until the sender is dropped; returns when the thread is occupied.
    async fn occupy(pool: &Arc<HashingPool>) -> mpsc::Sender<()> {
        let (release, released) = mpsc::channel::<()>();
        let (started, start) = oneshot::channel();
        let pool = Arc::clone(pool);
        tokio::spawn(async move {
            pool.run(move || {
                let _ = started.send(());
                let _ = released.recv();
            })
            .await
        });
        start.await.unwrap();
        release
    }

    #[tokio::test]
    async fn a_computation_runs_on_a_thread_of_the_pool() {
        let name = pool(1, 1).run(|| thread::current().name().map(str::to_owned)).await.unwrap();
        assert_eq!(name.as_deref(), Some("hashing-1"));
    }

    #[tokio::test]
    async fn as_many_computations_run_at_once_as_there_are_threads() {
        let pool = Arc::new(pool(3, 3));
        let releases = [occupy(&pool).await, occupy(&pool).await, occupy(&pool).await];
        drop(releases);
        assert_eq!(pool.run(|| 1).await, Ok(1));
    }

    #[tokio::test]
    async fn what_does_not_fit_into_the_queue_is_refused_at_once() {
        let pool = Arc::new(pool(1, 2));
        let release = occupy(&pool).await;
        let mut waiting: Vec<_> = (0..2).map(|number| Box::pin(pool.run(move || number))).collect();
        for future in &mut waiting {
            assert!(poll_once(future).is_none());
        }
        assert_eq!(pool.run(|| 2).await, Err(PoolError::Busy));
        drop(release);
        for (number, future) in waiting.into_iter().enumerate() {
            assert_eq!(future.await, Ok(number));
        }
        assert_eq!(pool.run(|| 3).await, Ok(3));
    }

    #[tokio::test]
    async fn a_computation_that_nobody_waits_for_is_skipped() {
        let pool = Arc::new(pool(1, 2));
        let release = occupy(&pool).await;
        let done = Arc::new(AtomicUsize::new(0));
        let count = || {
            let done = Arc::clone(&done);
            move || done.fetch_add(1, Ordering::SeqCst)
        };
        let mut dropped = Box::pin(pool.run(count()));
        assert!(poll_once(&mut dropped).is_none());
        drop(dropped);
        let mut kept = Box::pin(pool.run(count()));
        assert!(poll_once(&mut kept).is_none());
        drop(release);
        assert_eq!(kept.await, Ok(0));
        assert_eq!(done.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_panic_costs_one_result_and_no_thread() {
        let pool = pool(1, 1);
        let failed = pool.run(|| panic!("this test wants it")).await;
        assert_eq!(failed, Err::<(), _>(PoolError::Failed));
        assert_eq!(pool.run(|| 1).await, Ok(1));
    }

    #[tokio::test]
    async fn what_was_queued_is_done_although_the_pool_is_dropped() {
        let (sender, receiver) = oneshot::channel();
        let pool = Arc::new(pool(1, 1));
        let release = occupy(&pool).await;
        let queued = Arc::clone(&pool);
        let task = tokio::spawn(async move { queued.run(move || sender.send(1)).await });
        tokio::task::yield_now().await;
        drop(pool);
        drop(release);
        assert_eq!(receiver.await, Ok(1));
        task.await.unwrap().unwrap().unwrap();
    }

    #[test]
    fn the_default_leaves_a_core_to_the_others() {
        let options = HashingPoolOptions::default();
        let cores = thread::available_parallelism().unwrap().get();
        assert_eq!(options.threads.get(), (cores - 1).max(1));
        assert_eq!(options.queue, 16 * options.threads.get());
    }

    /// One poll: what is ready, if it is.
    fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::Pin::new(future).poll(&mut context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        }
    }
}
