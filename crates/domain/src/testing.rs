//! What tests of every crate share: fixtures, a clock that stands still, and the contracts of the ports.

/// The names of a contract's clauses.
#[cfg(test)]
macro_rules! clause_names {
    ($($clause:ident)*) => { [$(stringify!($clause)),*] };
}

/// Tests that a contract's list has every clause that stands in its files.
macro_rules! lists_every_clause {
    ($clauses:ident, $($file:literal),+) => {
        #[cfg(test)]
        mod tests {
            #[test]
            fn every_clause_is_in_the_list() {
                $crate::testing::assert_listed(&$crate::$clauses!(clause_names), &[$(include_str!($file)),+]);
            }
        }
    };
}

pub mod account_store_contract;
pub mod admin_store_contract;
pub mod audit_log_contract;
pub mod block_store_contract;
pub mod fixtures;
mod identity_stores;
pub mod job_queue_contract;
mod mock_identity;
pub mod role_store_contract;
pub mod session_store_contract;
pub mod share_store_contract;
pub mod signing_key_store_contract;
pub mod task_store_contract;
pub mod two_factor_store_contract;
pub mod user_edit_contract;
pub mod user_list_contract;
pub mod user_store_contract;
pub mod verification_store_contract;

pub use identity_stores::{IdentityStores, impersonation};
pub use mock_identity::{MockIdentity, identity_policy, no_blocks};

use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

use crate::audit::{ChainHasher, Hash};
use crate::clock::Clock;
use crate::entropy::Entropy;

/// Shows the same moment until it is moved.
pub struct FixedClock(Mutex<DateTime<Utc>>);

impl FixedClock {
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(now))
    }

    pub fn advance(&self, by: TimeDelta) {
        *self.lock() += by;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, DateTime<Utc>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Fills buffers with the byte values in turn, from where it stopped the last time.
#[derive(Default)]
pub struct CountingEntropy(AtomicU8);

impl Entropy for CountingEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.iter_mut().for_each(|byte| *byte = self.0.fetch_add(1, Ordering::Relaxed));
    }
}

/// No hash to rely on, but every byte of the text counts.
pub struct WeakHasher;

impl ChainHasher for WeakHasher {
    fn hash(&self, bytes: &[u8]) -> Hash {
        let sum = bytes.iter().fold(17_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
        let mut hash = Hash::default();
        hash[..8].copy_from_slice(&sum.to_be_bytes());
        hash
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        *self.lock()
    }
}

/// Every public asynchronous function is a clause.
#[cfg(test)]
fn assert_listed(listed: &[&str], files: &[&str]) {
    let written = files.iter().flat_map(|file| file.split("\npub async fn ").skip(1));
    let mut written: Vec<_> = written.filter_map(|rest| rest.split('(').next()).collect();
    let mut listed = listed.to_vec();
    written.sort_unstable();
    listed.sort_unstable();
    assert_eq!(written, listed);
}
