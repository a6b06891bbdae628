use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use hexado_domain::clock::Clock;
use hexado_domain::error::StoreError;
use hexado_domain::limit::{self, Quota, RateLimiter, Standing, Subject};

/// Buckets that one process holds at most; about 100 bytes each.
const CAPACITY: usize = 100_000;

/// Requests of different subjects seldom wait for each other.
const SHARDS: usize = 64;

/// Counts requests in the memory of this process.
///
/// Only buckets that are not full are held. When too many subjects are active at once, buckets are dropped, which is to say
/// filled: who floods the server from very many networks is limited less, but nobody is locked out, and memory stays bounded.
pub struct LocalRateLimiter {
    shards: Vec<Mutex<Shard>>,
    hasher: RandomState,
    capacity: usize,
    clock: Arc<dyn Clock>,
}

/// When each bucket will be full again.
type Shard = HashMap<(&'static str, Subject), DateTime<Utc>>;

impl LocalRateLimiter {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_capacity(CAPACITY, clock)
    }

    fn with_capacity(capacity: usize, clock: Arc<dyn Clock>) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { shards, hasher: RandomState::new(), capacity: capacity.div_ceil(SHARDS), clock }
    }

    /// Buckets that are held at the moment.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn shard(&self, subject: &Subject) -> MutexGuard<'_, Shard> {
        let hash = self.hasher.hash_one(subject);
        lock(&self.shards[usize::try_from(hash % SHARDS as u64).unwrap_or_default()])
    }
}

#[async_trait]
impl RateLimiter for LocalRateLimiter {
    async fn charge(&self, subject: &Subject, quota: &Quota) -> Result<Standing, StoreError> {
        let now = self.clock.now();
        let mut shard = self.shard(subject);
        let key = (quota.name, subject.clone());
        if let Some(arrival) = shard.get_mut(&key) {
            let (next, standing) = limit::charge(Some(*arrival), quota, now);
            *arrival = next.unwrap_or(*arrival);
            return Ok(standing);
        }
        let (next, standing) = limit::charge(None, quota, now);
        if let Some(next) = next {
            make_room(&mut shard, self.capacity, now);
            shard.insert(key, next);
        }
        Ok(standing)
    }

    async fn peek(&self, subject: &Subject, quota: &Quota) -> Result<Standing, StoreError> {
        let arrival = self.shard(subject).get(&(quota.name, subject.clone())).copied();
        Ok(limit::peek(arrival, quota, self.clock.now()))
    }
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn make_room(shard: &mut Shard, capacity: usize, now: DateTime<Utc>) {
    if shard.len() < capacity {
        return;
    }
    shard.retain(|_, arrival| now < *arrival);
    if shard.len() >= capacity {
        let mut odd = false;
        shard.retain(|_, _| {
            odd = !odd;
            odd
        });
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use hexado_domain::limit::Network;
    use hexado_domain::testing::FixedClock;
    use hexado_domain::testing::fixtures::{noon, user_id};

    use super::*;

    const QUOTA: Quota = Quota { name: "test", limit: 2, period: TimeDelta::seconds(60) };

    fn limiter(capacity: usize) -> (LocalRateLimiter, Arc<FixedClock>) {
        let clock = Arc::new(FixedClock::at(noon()));
        (LocalRateLimiter::with_capacity(capacity, clock.clone()), clock)
    }

    async fn allowed(limiter: &LocalRateLimiter, subject: &Subject) -> bool {
        limiter.charge(subject, &QUOTA).await.unwrap().is_allowed()
    }

    #[tokio::test]
    async fn subjects_and_quotas_have_buckets_of_their_own() {
        let (limiter, clock) = limiter(1000);
        let (ann, bob) = (Subject::User(user_id("ann")), Subject::User(user_id("bob")));
        assert!(allowed(&limiter, &ann).await && allowed(&limiter, &ann).await);
        assert!(!allowed(&limiter, &ann).await);
        assert!(allowed(&limiter, &bob).await);
        assert!(limiter.charge(&ann, &Quota { name: "other", ..QUOTA }).await.unwrap().is_allowed());
        clock.advance(TimeDelta::seconds(30));
        assert!(allowed(&limiter, &ann).await);
        assert!(!allowed(&limiter, &ann).await);
    }

    #[tokio::test]
    async fn peeking_tells_the_standing_and_counts_nothing() {
        let (limiter, _) = limiter(1000);
        let ann = Subject::User(user_id("ann"));
        for _ in 0..3 {
            assert_eq!(limiter.peek(&ann, &QUOTA).await.unwrap().remaining, 2);
        }
        assert!(limiter.is_empty());
        allowed(&limiter, &ann).await;
        assert_eq!(limiter.peek(&ann, &QUOTA).await.unwrap().remaining, 1);
    }

    #[tokio::test]
    async fn memory_stays_bounded_whoever_comes() {
        let (limiter, clock) = limiter(SHARDS * 4);
        for number in 0..10_000u32 {
            let subject = Subject::Address(Network::of(std::net::Ipv4Addr::from(number).into()));
            assert!(allowed(&limiter, &subject).await);
            clock.advance(TimeDelta::milliseconds(1));
        }
        assert!(limiter.len() <= SHARDS * 4, "{}", limiter.len());
    }
}
