use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::problem::Problem;

/// Lets a bounded number of requests work at once, and a few more wait a moment. Whoever finds no place is turned away at
/// once: under overload, quick refusals keep the requests that are served fast and the memory small.
#[derive(Debug)]
pub(crate) struct Gate {
    places: Semaphore,
    waiting: AtomicUsize,
    bounds: GateBounds,
}

/// How full a [`Gate`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GateUsage {
    pub places: usize,
    pub taken: usize,
    pub waiting: usize,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct GateBounds {
    pub in_flight: usize,
    pub waiting: usize,
    pub longest_wait: Duration,
}

impl Default for GateBounds {
    /// Four times what the pool of database connections works on at once, and as many again for a moment.
    fn default() -> Self {
        Self { in_flight: 64, waiting: 64, longest_wait: Duration::from_millis(20) }
    }
}

impl GateBounds {
    /// For those who sign in or up: hashing takes long, and a flood of it must leave half of the places to others.
    pub(crate) fn entrance() -> Self {
        Self { in_flight: Self::default().in_flight / 2, waiting: 0, longest_wait: Duration::ZERO }
    }
}

impl Gate {
    pub(crate) fn new(bounds: GateBounds) -> Self {
        Self { places: Semaphore::new(bounds.in_flight), waiting: AtomicUsize::new(0), bounds }
    }

    pub(crate) fn usage(&self) -> GateUsage {
        let places = self.bounds.in_flight;
        let taken = places.saturating_sub(self.places.available_permits());
        GateUsage { places, taken, waiting: self.waiting.load(Ordering::Relaxed) }
    }

    /// A place, given back when it is dropped.
    pub(crate) async fn enter(&self) -> Result<SemaphorePermit<'_>, Problem> {
        if let Ok(place) = self.places.try_acquire() {
            return Ok(place);
        }
        let queue = Queue::join(&self.waiting);
        if queue.length > self.bounds.waiting {
            return Err(overloaded());
        }
        match timeout(self.bounds.longest_wait, self.places.acquire()).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(overloaded()),
        }
    }
}

/// Counts one who waits, also when they give up.
struct Queue<'a> {
    waiting: &'a AtomicUsize,
    length: usize,
}

impl<'a> Queue<'a> {
    fn join(waiting: &'a AtomicUsize) -> Self {
        let length = waiting.fetch_add(1, Ordering::Relaxed) + 1;
        Self { waiting, length }
    }
}

impl Drop for Queue<'_> {
    fn drop(&mut self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

fn overloaded() -> Problem {
    Problem::unavailable("overloaded", "the server has too much to do at the moment", 1)
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;

    const BOUNDS: GateBounds = GateBounds { in_flight: 2, waiting: 1, longest_wait: Duration::from_millis(20) };

    #[actix_web::test]
    async fn places_are_bounded_and_given_back() {
        let gate = Gate::new(BOUNDS);
        let (one, two) = (gate.enter().await.unwrap(), gate.enter().await.unwrap());
        assert!(gate.enter().await.unwrap_err().to_string().starts_with("overloaded"));
        drop(one);
        assert!(gate.enter().await.is_ok());
        drop(two);
    }

    #[actix_web::test]
    async fn who_waits_gets_the_next_place_and_who_finds_the_queue_full_is_turned_away() {
        let gate = Gate::new(GateBounds { longest_wait: Duration::from_secs(60), ..BOUNDS });
        let places = [gate.enter().await.unwrap(), gate.enter().await.unwrap()];
        let waiting = async { gate.enter().await.is_ok() };
        let turned_away = async {
            let refused = gate.enter().await.is_err();
            drop(places);
            refused
        };
        assert_eq!(futures_util::join!(waiting, turned_away), (true, true));
    }

    #[actix_web::test]
    async fn who_gives_up_leaves_the_queue() {
        let gate = Gate::new(BOUNDS);
        let _places = join_all([gate.enter(), gate.enter()]).await;
        for _ in 0..5 {
            assert!(gate.enter().await.is_err());
        }
        assert_eq!(gate.usage(), GateUsage { places: 2, taken: 2, waiting: 0 });
    }
}
