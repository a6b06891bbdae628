//! Refusals of callers who are not known, counted for the log: strangers must not be able to fill the database.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use hexado_domain::limit::Network;

/// Networks that are told apart at most; what comes from more of them is counted as one.
const NETWORKS: usize = 1000;

/// What was refused to whom, and how often, since it was last told. Without a network: everybody else.
#[derive(Default)]
pub(crate) struct Refusals(Mutex<HashMap<(Option<Network>, &'static str), u32>>);

impl Refusals {
    pub(crate) fn count(&self, address: IpAddr, code: &'static str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut key = (Some(Network::of(address)), code);
        if counts.len() >= NETWORKS && !counts.contains_key(&key) {
            key.0 = None;
        }
        *counts.entry(key).or_default() += 1;
    }

    /// Writes a line for each address and reason to the log, and begins anew.
    pub(crate) fn tell(&self) {
        for ((network, code), count) in self.take() {
            let address = network.map(|network| tracing::field::display(network.address()));
            tracing::info!(address, code, count, "refused to strangers");
        }
    }

    fn take(&self) -> HashMap<(Option<Network>, &'static str), u32> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn refusals_are_counted_by_address_and_reason_until_they_are_told() {
        let refusals = Refusals::default();
        let [one, other] = [1, 2].map(|last| IpAddr::from([192, 0, 2, last]));
        for (address, code) in [(one, "a"), (one, "a"), (one, "b"), (other, "a")] {
            refusals.count(address, code);
        }
        let counts = refusals.take();
        let of = |address, code| counts.get(&(Some(Network::of(address)), code)).copied();
        assert_eq!((of(one, "a"), of(one, "b"), of(other, "a"), counts.len()), (Some(2), Some(1), Some(1), 3));
        assert!(refusals.take().is_empty());
    }

    #[test]
    fn memory_stays_bounded_whoever_comes() {
        let refusals = Refusals::default();
        for number in 0..5000_u32 {
            refusals.count(Ipv4Addr::from_bits(number).into(), "a");
        }
        let counts = refusals.take();
        assert_eq!(counts.len(), NETWORKS + 1);
        assert_eq!(counts[&(None, "a")], 5000 - u32::try_from(NETWORKS).unwrap());
    }
}
