use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use hexado_domain::clock::Clock;
use hexado_domain::id::UserId;
use hexado_domain::identity::{Caller, CallerCache, Epoch, REMEMBERED};
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

/// How much a [`LocalCallerCache`] remembers, and for how long.
#[derive(Clone, Debug)]
pub struct CallerCacheOptions {
    /// Callers that are remembered at most; about 200 bytes each.
    pub capacity: usize,
    /// Age at which a caller is forgotten; at most [`Self::LONGEST`], which is the default.
    pub forget_after: TimeDelta,
}

impl CallerCacheOptions {
    /// What the port allows.
    pub const LONGEST: TimeDelta = REMEMBERED;
}

impl Default for CallerCacheOptions {
    fn default() -> Self {
        Self { capacity: 50_000, forget_after: Self::LONGEST }
    }
}

/// Remembers callers in the memory of this process. The least useful ones make room for new ones.
///
/// A caller is found by the SHA-256 of the token, never by the token itself: memory that leaks holds no credential, and
/// nobody can make a second token that is taken for a remembered one, which would need a second preimage of SHA-256.
/// The whole token is hashed: a key made of the signature alone would accept altered claims beside it.
pub struct LocalCallerCache {
    callers: Cache<TokenHash, Remembered>,
    /// Read while a caller is put in, written when one is forgotten: none slips in between.
    epoch: RwLock<Epoch>,
    forget_after: TimeDelta,
    clock: Arc<dyn Clock>,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// What a [`LocalCallerCache`] holds, and how often it was asked with which success since it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallerCacheUsage {
    pub callers: usize,
    pub hits: u64,
    pub misses: u64,
}

type TokenHash = [u8; 32];

#[derive(Clone)]
struct Remembered {
    caller: Caller,
    since: DateTime<Utc>,
}

impl LocalCallerCache {
    pub fn new(options: &CallerCacheOptions, clock: Arc<dyn Clock>) -> Self {
        let forget_after = options.forget_after.min(CallerCacheOptions::LONGEST);
        let (hits, misses) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { callers: Cache::new(options.capacity), epoch: RwLock::default(), forget_after, clock, hits, misses }
    }

    pub fn usage(&self) -> CallerCacheUsage {
        let (hits, misses) = (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed));
        CallerCacheUsage { callers: self.callers.len(), hits, misses }
    }

    fn find_fresh(&self, token: &str) -> Option<Caller> {
        let remembered = self.callers.get(&hash(token))?;
        let age = self.clock.now() - remembered.since;
        // A negative age means that the clock was set back, and that the true age is unknown.
        (TimeDelta::zero() <= age && age < self.forget_after).then_some(remembered.caller)
    }
}

impl CallerCache for LocalCallerCache {
    fn find(&self, token: &str) -> Option<Caller> {
        let caller = self.find_fresh(token);
        let count = if caller.is_some() { &self.hits } else { &self.misses };
        count.fetch_add(1, Ordering::Relaxed);
        caller
    }

    fn epoch(&self) -> Epoch {
        *self.epoch.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, token: &str, caller: Caller, looked_up: Epoch) {
        let epoch = self.epoch.read().unwrap_or_else(PoisonError::into_inner);
        if *epoch == looked_up {
            self.callers.insert(hash(token), Remembered { caller, since: self.clock.now() });
        }
    }

    /// Looks at every caller that is remembered.
    fn forget(&self, users: &[UserId]) {
        self.epoch.write().unwrap_or_else(PoisonError::into_inner).0 += 1;
        // What was put in by now is seen here, and from now on nothing comes that was looked up before.
        self.callers.retain(|_, Remembered { caller, .. }| {
            !users.contains(&caller.user_id) && !caller.impersonated_by.as_ref().is_some_and(|id| users.contains(id))
        });
    }
}

fn hash(token: &str) -> TokenHash {
    Sha256::digest(token).into()
}

#[cfg(test)]
mod tests {
    use hexado_domain::testing::fixtures::caller;
    use hexado_domain::testing::{FixedClock, fixtures};

    use super::*;

    struct Fixture {
        cache: LocalCallerCache,
        clock: Arc<FixedClock>,
    }

    fn fixture(options: &CallerCacheOptions) -> Fixture {
        let clock = Arc::new(FixedClock::at(fixtures::noon()));
        Fixture { cache: LocalCallerCache::new(options, clock.clone()), clock }
    }

    #[test]
    fn a_token_finds_its_own_caller_only() {
        let Fixture { cache, .. } = fixture(&CallerCacheOptions::default());
        cache.keep("header.ann.signature", caller("ann"), cache.epoch());
        cache.keep("header.bob.signature", caller("bob"), cache.epoch());
        assert_eq!(cache.find("header.ann.signature"), Some(caller("ann")));
        assert_eq!(cache.find("header.bob.signature"), Some(caller("bob")));
        for other in ["", "header.ann.signature ", "header.eve.signature", "header.ann.signatur"] {
            assert_eq!(cache.find(other), None, "{other:?}");
        }
    }

    #[test]
    fn usage_counts_callers_hits_and_misses() {
        let Fixture { cache, clock } = fixture(&CallerCacheOptions::default());
        cache.keep("token", caller("ann"), cache.epoch());
        let _ = (cache.find("token"), cache.find("token"), cache.find("another"));
        clock.advance(TimeDelta::minutes(1));
        let _ = cache.find("token");
        assert_eq!(cache.usage(), CallerCacheUsage { callers: 1, hits: 2, misses: 2 });
    }

    #[test]
    fn every_token_of_a_user_is_forgotten_at_once() {
        let Fixture { cache, .. } = fixture(&CallerCacheOptions::default());
        for (token, id) in [("one", "ann"), ("two", "ann"), ("three", "bob")] {
            cache.keep(token, caller(id), cache.epoch());
        }
        cache.forget(&[fixtures::user_id("ann")]);
        assert_eq!([cache.find("one"), cache.find("two"), cache.find("three")], [None, None, Some(caller("bob"))]);
    }

    #[test]
    fn an_administrator_is_forgotten_as_the_user_that_they_act_as_too() {
        let Fixture { cache, .. } = fixture(&CallerCacheOptions::default());
        let as_ann = Caller { impersonated_by: Some(fixtures::user_id("root")), ..caller("ann") };
        cache.keep("one", as_ann, cache.epoch());
        cache.keep("two", caller("ann"), cache.epoch());
        cache.forget(&[fixtures::user_id("root")]);
        assert_eq!((cache.find("one"), cache.find("two")), (None, Some(caller("ann"))));
    }

    #[test]
    fn who_was_looked_up_before_somebody_was_forgotten_is_not_kept() {
        let Fixture { cache, .. } = fixture(&CallerCacheOptions::default());
        let looked_up = cache.epoch();
        cache.forget(&[fixtures::user_id("ann")]);
        cache.keep("token", caller("ann"), looked_up);
        assert_eq!(cache.find("token"), None);
        cache.keep("token", caller("ann"), cache.epoch());
        assert!(cache.find("token").is_some());
    }

    #[test]
    fn nobody_is_found_once_forgotten_however_many_look_up_meanwhile() {
        let cache = fixture(&CallerCacheOptions::default()).cache;
        let is_over = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..20_000 {
                        let looked_up = cache.epoch();
                        // As a look-up that finds the session, or no longer.
                        if !is_over.load(Ordering::SeqCst) {
                            cache.keep("token", caller("ann"), looked_up);
                        }
                    }
                });
            }
            is_over.store(true, Ordering::SeqCst);
            cache.forget(&[fixtures::user_id("ann")]);
            for _ in 0..20_000 {
                assert_eq!(cache.find("token"), None);
            }
        });
    }

    #[test]
    fn a_caller_is_forgotten_after_a_minute() {
        let Fixture { cache, clock } = fixture(&CallerCacheOptions::default());
        cache.keep("token", caller("ann"), cache.epoch());
        clock.advance(TimeDelta::milliseconds(59_999));
        assert!(cache.find("token").is_some());
        clock.advance(TimeDelta::milliseconds(1));
        assert_eq!(cache.find("token"), None);
    }

    #[test]
    fn a_caller_can_be_forgotten_sooner_but_never_later() {
        for (wanted, real) in [(5, 5), (3_600, 60)] {
            let forget_after = TimeDelta::seconds(wanted);
            let Fixture { cache, clock } = fixture(&CallerCacheOptions { forget_after, ..Default::default() });
            cache.keep("token", caller("ann"), cache.epoch());
            clock.advance(TimeDelta::seconds(real - 1));
            assert!(cache.find("token").is_some(), "{wanted}");
            clock.advance(TimeDelta::seconds(1));
            assert_eq!(cache.find("token"), None, "{wanted}");
        }
    }

    #[test]
    fn a_caller_that_is_kept_again_is_as_good_as_new() {
        let Fixture { cache, clock } = fixture(&CallerCacheOptions::default());
        cache.keep("token", caller("ann"), cache.epoch());
        clock.advance(TimeDelta::seconds(59));
        cache.keep("token", caller("ann"), cache.epoch());
        clock.advance(TimeDelta::seconds(59));
        assert!(cache.find("token").is_some());
    }

    #[test]
    fn a_clock_that_is_set_back_makes_the_cache_forget() {
        let Fixture { cache, clock } = fixture(&CallerCacheOptions::default());
        cache.keep("token", caller("ann"), cache.epoch());
        clock.advance(TimeDelta::seconds(-1));
        assert_eq!(cache.find("token"), None);
    }

    #[test]
    fn no_more_callers_are_kept_than_there_is_room_for() {
        let Fixture { cache, .. } = fixture(&CallerCacheOptions { capacity: 100, ..Default::default() });
        let tokens: Vec<String> = (0..10_000).map(|number| format!("token {number}")).collect();
        for token in &tokens {
            cache.keep(token, caller("ann"), cache.epoch());
        }
        let kept = tokens.iter().filter(|token| cache.find(token).is_some()).count();
        assert!((1..=100).contains(&kept), "{kept}");
    }
}
