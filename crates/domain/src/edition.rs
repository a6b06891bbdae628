//! What is read from a store as a whole and kept at hand in memory.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// The newest edition of something that is read anew again and again. While it cannot be read it stays as it is.
pub(crate) struct Editions<T> {
    newest: RwLock<Edition<T>>,
    /// Refreshments that have begun.
    begun: AtomicU64,
}

/// What was read, and by which refreshment.
pub(crate) struct Edition<T> {
    number: u64,
    pub(crate) content: T,
}

impl<T> Editions<T> {
    /// What there is until the first refreshment.
    pub(crate) fn new(content: T) -> Self {
        Self { newest: RwLock::new(Edition { number: 0, content }), begun: AtomicU64::new(0) }
    }

    pub(crate) fn newest(&self) -> RwLockReadGuard<'_, Edition<T>> {
        self.newest.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what `read` returns, unless something is kept that was asked for later. What was stored before the call counts
    /// when it returns, whatever else is refreshed meanwhile.
    pub(crate) async fn refresh<E>(&self, read: impl Future<Output = Result<T, E>>) -> Result<(), E> {
        let number = self.begun.fetch_add(1, Ordering::Relaxed) + 1;
        let content = read.await?;
        let mut newest = self.newest.write().unwrap_or_else(PoisonError::into_inner);
        // Of several at once the one that began last has read the newest.
        if newest.number < number {
            *newest = Edition { number, content };
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn an_answer_that_comes_late_does_not_replace_a_newer_one() {
        let (editions, newer) = (Editions::new(0), Notify::new());
        let late = editions.refresh(async {
            newer.notified().await;
            Ok::<_, ()>(1)
        });
        let early = editions.refresh(async {
            newer.notify_one();
            Ok::<_, ()>(2)
        });
        let (late, early) = tokio::join!(late, early);
        assert!(late.is_ok() && early.is_ok());
        assert_eq!(editions.newest().content, 2);
    }

    #[tokio::test]
    async fn what_cannot_be_read_leaves_what_there_was() {
        let editions = Editions::new(7);
        assert_eq!(editions.refresh(async { Err::<u8, _>("down") }).await, Err("down"));
        assert_eq!(editions.newest().content, 7);
    }
}
