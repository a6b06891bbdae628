use std::sync::Arc;

use chrono::TimeDelta;

use super::leftovers::Leftovers;
use super::ports::Housekeeping;
use crate::clock::Clock;
use crate::error::StoreError;

/// How often [`HousekeepingService::tidy_up`] is to be called.
pub const INTERVAL: TimeDelta = TimeDelta::minutes(10);

/// How many are removed at once: few enough that nobody waits noticeably for the locks.
const BATCH: usize = 1000;

/// Keeps the store small.
pub struct HousekeepingService {
    store: Arc<dyn Housekeeping>,
    clock: Arc<dyn Clock>,
}

impl HousekeepingService {
    pub fn new(store: Arc<dyn Housekeeping>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// Removes all that is left over, in batches. A kind that fails is logged and tried again next time; the others are
    /// removed all the same.
    pub async fn tidy_up(&self) {
        for what in Leftovers::ALL {
            match self.remove(what).await {
                Ok(0) => {}
                Ok(removed) => tracing::info!(what = what.name(), removed, "removed leftovers"),
                Err(error) => tracing::warn!(what = what.name(), ?error, "leftovers could not be removed"),
            }
        }
    }

    async fn remove(&self, what: Leftovers) -> Result<usize, StoreError> {
        let before = self.clock.now() - what.kept();
        let mut removed = 0;
        loop {
            let batch = self.store.remove(what, before, BATCH).await?;
            removed += batch;
            if batch < BATCH {
                return Ok(removed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use mockall::Sequence;

    use super::super::ports::MockHousekeeping;
    use super::*;
    use crate::testing::FixedClock;
    use crate::testing::fixtures::noon;

    fn service(store: MockHousekeeping) -> HousekeepingService {
        HousekeepingService::new(Arc::new(store), Arc::new(FixedClock::at(noon())))
    }

    #[tokio::test]
    async fn every_kind_goes_when_its_time_has_passed() {
        let (mut store, mut order) = (MockHousekeeping::new(), Sequence::new());
        for expected in Leftovers::ALL {
            store
                .expect_remove()
                .withf(move |what, before, _| *what == expected && *before == noon() - expected.kept())
                .once()
                .in_sequence(&mut order)
                .returning(|_, _, _| Ok(0));
        }
        service(store).tidy_up().await;
    }

    #[tokio::test]
    async fn batches_follow_until_one_is_not_full() {
        let mut store = MockHousekeeping::new();
        let mut batches = [BATCH, BATCH, 1].into_iter();
        store
            .expect_remove()
            .withf(|what, _, at_most| *what == Leftovers::Changes && *at_most == BATCH)
            .times(3)
            .returning(move |_, _, _| Ok(batches.next().unwrap()));
        store.expect_remove().withf(|what, _, _| *what != Leftovers::Changes).returning(|_, _, _| Ok(0));
        service(store).tidy_up().await;
    }

    #[tokio::test]
    async fn a_kind_that_fails_does_not_keep_the_others() {
        let mut store = MockHousekeeping::new();
        store.expect_remove().times(Leftovers::ALL.len()).returning(|_, _, _| Err(StoreError::unavailable("locked")));
        service(store).tidy_up().await;
    }
}
