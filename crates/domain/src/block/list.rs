use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::cidr::Cidr;
use super::ports::{BlockStore, BlockedNetwork};
use crate::clock::Clock;
use crate::edition::Editions;
use crate::error::StoreError;

/// What is blocked, at hand in memory: every request asks. While the store does not answer it stays as it is.
pub(super) struct BlockList {
    store: Arc<dyn BlockStore>,
    clock: Arc<dyn Clock>,
    networks: Editions<Networks>,
}

#[derive(Default)]
struct Networks {
    until: HashMap<Cidr, Option<DateTime<Utc>>>,
    /// How many leading bits the networks have, apart for IPv4 and IPv6.
    bits: [Vec<u8>; 2],
}

impl BlockList {
    /// Empty until it is first refreshed.
    pub(super) fn new(store: Arc<dyn BlockStore>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, networks: Editions::new(Networks::default()) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.networks.newest().content.until.is_empty()
    }

    pub(super) fn contains(&self, address: IpAddr) -> bool {
        self.networks.newest().content.blocked(address.to_canonical(), self.clock.now())
    }

    /// Reads all blocks anew.
    pub(super) async fn refresh(&self) -> Result<(), StoreError> {
        self.networks.refresh(async { Ok(Networks::of(self.store.networks(self.clock.now()).await?)) }).await
    }
}

impl Networks {
    fn of(blocks: Vec<BlockedNetwork>) -> Self {
        let mut networks = Self::default();
        for (network, until) in blocks {
            let bits = &mut networks.bits[usize::from(network.is_ipv6())];
            if !bits.contains(&network.bits()) {
                bits.push(network.bits());
            }
            // Of several blocks of one network the last one to end counts; one without an end never ends.
            networks
                .until
                .entry(network)
                .and_modify(|latest| *latest = latest.zip(until).map(|(a, b)| a.max(b)))
                .or_insert(until);
        }
        networks
    }

    fn blocked(&self, address: IpAddr, now: DateTime<Utc>) -> bool {
        self.bits[usize::from(address.is_ipv6())].iter().any(|bits| {
            let until = self.until.get(&Cidr::around(address, *bits));
            until.is_some_and(|until| until.is_none_or(|until| now < until))
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::ports::MockBlockStore;
    use super::*;
    use crate::testing::FixedClock;
    use crate::testing::fixtures::noon;

    async fn list(blocks: &[(&str, Option<i64>)]) -> (BlockList, Arc<FixedClock>) {
        let until = |minutes: i64| noon() + TimeDelta::minutes(minutes);
        let blocks: Vec<_> =
            blocks.iter().map(|(network, minutes)| (Cidr::parse(network).unwrap(), minutes.map(until))).collect();
        let (mut store, clock) = (MockBlockStore::new(), Arc::new(FixedClock::at(noon())));
        store.expect_networks().returning(move |_| Ok(blocks.clone()));
        let list = BlockList::new(Arc::new(store), clock.clone());
        list.refresh().await.unwrap();
        (list, clock)
    }

    fn blocked(list: &BlockList, address: &str) -> bool {
        list.contains(address.parse().unwrap())
    }

    #[tokio::test]
    async fn addresses_networks_and_both_families_are_found() {
        let (list, _) = list(&[("192.0.2.7", None), ("198.51.100.0/24", None), ("2001:db8::/32", None)]).await;
        for address in ["192.0.2.7", "::ffff:192.0.2.7", "198.51.100.255", "2001:db8:1::1"] {
            assert!(blocked(&list, address), "{address}");
        }
        for address in ["192.0.2.8", "198.51.101.0", "2001:db9::1", "::1", "127.0.0.1"] {
            assert!(!blocked(&list, address), "{address}");
        }
    }

    #[tokio::test]
    async fn a_block_ends_by_itself_and_the_longest_one_counts() {
        let (list, clock) = list(&[("192.0.2.7", Some(15)), ("192.0.2.7", Some(5)), ("192.0.2.8", Some(5))]).await;
        clock.advance(TimeDelta::minutes(5));
        assert!(blocked(&list, "192.0.2.7") && !blocked(&list, "192.0.2.8"));
        clock.advance(TimeDelta::minutes(10));
        assert!(!blocked(&list, "192.0.2.7"));
        let (list, clock) = self::list(&[("192.0.2.7", Some(5)), ("192.0.2.7", None)]).await;
        clock.advance(TimeDelta::days(1));
        assert!(blocked(&list, "192.0.2.7"));
    }

    #[tokio::test]
    async fn an_unread_list_and_an_empty_one_block_nobody() {
        let unread = BlockList::new(Arc::new(MockBlockStore::new()), Arc::new(FixedClock::at(noon())));
        assert!(!blocked(&unread, "192.0.2.7"));
        assert!(!blocked(&list(&[]).await.0, "192.0.2.7"));
    }
}
