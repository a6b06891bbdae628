use super::super::ports::MockBlockStore;
use super::*;
use crate::access::{AccessError, PermissionSet};
use crate::limit::{MockRateLimiter, Standing};
use crate::testing::FixedClock;
use crate::testing::fixtures::{noon, user_id};

fn service(store: MockBlockStore, limiter: MockRateLimiter) -> BlockService {
    BlockService::new(Arc::new(store), Arc::new(limiter), Arc::new(FixedClock::at(noon())), true)
}

fn limiter(allowed: bool) -> MockRateLimiter {
    let mut limiter = MockRateLimiter::new();
    limiter.expect_charge().returning(move |_, quota| {
        let retry_after = (!allowed).then(|| TimeDelta::seconds(30));
        Ok(Standing { quota: *quota, remaining: 0, reset: TimeDelta::zero(), retry_after })
    });
    limiter
}

fn stored(blocking: &Blocking) -> Block {
    let Blocking { block: NewBlock { network, reason, expires_at }, created_by, at, .. } = blocking.clone();
    Block { id: BlockId::new(1), network, reason, created_by, created_at: at, expires_at }
}

fn warden() -> Actor {
    Actor::new(user_id("ann"), [Permission::BlockWrite].into_iter().collect())
}

fn visitor(address: &str) -> Visitor {
    Visitor { address: Some(address.parse().unwrap()), ..Visitor::default() }
}

fn new_block(network: &str) -> NewBlock {
    NewBlock { network: Cidr::parse(network).unwrap(), reason: None, expires_at: None }
}

#[tokio::test]
async fn a_block_counts_at_once_and_is_recorded_with_who_made_it() {
    let mut store = MockBlockStore::new();
    store
        .expect_add()
        .withf(|blocking| {
            blocking.created_by == Some(user_id("ann"))
                && blocking.event.target == Some(Target::Address("192.0.2.0/24".into()))
                && blocking.event.action == Action::AddressBlocked
        })
        .once()
        .returning(|blocking| Ok(stored(blocking)));
    store.expect_networks().returning(|_| Ok(vec![(Cidr::parse("192.0.2.0/24").unwrap(), None)]));
    let service = service(store, MockRateLimiter::new());
    let address = "192.0.2.7".parse().unwrap();
    assert!(!service.is_blocked(address));
    service.add(&warden(), &visitor("203.0.113.1"), new_block("192.0.2.0/24")).await.unwrap();
    assert!(service.is_blocked(address));
}

#[tokio::test]
async fn nobody_locks_themselves_out_or_blocks_until_the_past() {
    let service = service(MockBlockStore::new(), MockRateLimiter::new());
    let own = service.add(&warden(), &visitor("192.0.2.7"), new_block("0.0.0.0/0")).await;
    assert!(matches!(own, Err(BlockError::OwnAddress)));
    let over = NewBlock { expires_at: Some(noon()), ..new_block("192.0.2.8") };
    assert!(matches!(service.add(&warden(), &visitor("192.0.2.7"), over).await, Err(BlockError::Over)));
}

#[tokio::test]
async fn blocks_are_seen_and_made_by_who_may() {
    let service = service(MockBlockStore::new(), MockRateLimiter::new());
    let nobody = Actor::new(user_id("bob"), PermissionSet::NONE);
    let refused = |permission| move |error: &BlockError| matches!(error, BlockError::Access(AccessError::Missing(missing)) if *missing == permission);
    let listed = service.list(&nobody, &BlockQuery::default()).await;
    assert!(listed.as_ref().is_err_and(refused(Permission::BlockList)));
    let added = service.add(&nobody, &visitor("192.0.2.7"), new_block("192.0.2.8")).await;
    assert!(added.as_ref().is_err_and(refused(Permission::BlockWrite)));
    let removed = service.remove(&nobody, &visitor("192.0.2.7"), BlockId::new(1)).await;
    assert!(removed.as_ref().is_err_and(refused(Permission::BlockWrite)));
}

#[tokio::test]
async fn a_block_that_is_gone_is_not_found() {
    let mut store = MockBlockStore::new();
    store.expect_find().returning(|_| Ok(None));
    let removed =
        service(store, MockRateLimiter::new()).remove(&warden(), &visitor("192.0.2.7"), BlockId::new(1)).await;
    assert!(matches!(removed, Err(BlockError::NotFound)));
}

#[tokio::test]
async fn failures_within_the_quota_block_nobody() {
    service(MockBlockStore::new(), limiter(true)).count_failure(&visitor("192.0.2.7")).await;
    service(MockBlockStore::new(), MockRateLimiter::new()).count_failure(&Visitor::default()).await;
}

#[tokio::test]
async fn too_many_failures_block_the_customers_network_for_a_while() {
    let mut store = MockBlockStore::new();
    store
        .expect_add()
        .withf(|blocking| {
            blocking.block.network == Cidr::parse("2001:db8:1:2::/64").unwrap()
                && blocking.block.expires_at == Some(noon() + TimeDelta::minutes(15))
                && blocking.created_by.is_none()
        })
        .once()
        .returning(|blocking| Ok(stored(blocking)));
    store.expect_networks().returning(|_| Ok(vec![(Cidr::parse("2001:db8:1:2::/64").unwrap(), None)]));
    let service = service(store, limiter(false));
    // The second one finds the address blocked already.
    service.count_failure(&visitor("2001:db8:1:2::7")).await;
    service.count_failure(&visitor("2001:db8:1:2::8")).await;
}

#[tokio::test]
async fn a_store_that_is_down_fails_no_sign_in() {
    let mut store = MockBlockStore::new();
    store.expect_add().once().returning(|_| Err(StoreError::unavailable("down")));
    service(store, limiter(false)).count_failure(&visitor("192.0.2.7")).await;
}
