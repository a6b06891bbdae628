//! The contract of [`BlockStore`]. Run against every adapter with [`block_store_clauses!`](crate::block_store_clauses), on a
//! store that is empty.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a clause fails by a panic")]

use chrono::{DateTime, TimeDelta, Utc};

use super::fixtures::{noon, user_id};
use crate::audit::{Action, AuditEvent, Target};
use crate::block::{Block, BlockQuery, BlockStore, Blocking, Cidr, NewBlock, Reason, Unblocking};
use crate::identity::Visitor;
use crate::page::Limit;

/// Calls a macro with the names of all clauses.
#[macro_export]
macro_rules! block_store_clauses {
    ($tests:ident) => {
        $tests! {
            a_block_is_found_as_it_was_stored
            a_block_is_removed_once
            blocks_are_listed_from_the_newest_on_until_they_expire
            networks_count_until_they_expire
        }
    };
}

fn network(text: &str) -> Cidr {
    Cidr::parse(text).unwrap()
}

fn after(minutes: i64) -> DateTime<Utc> {
    noon() + TimeDelta::minutes(minutes)
}

async fn add(store: &dyn BlockStore, text: &str, expires_at: Option<DateTime<Utc>>) -> Block {
    let block = NewBlock { network: network(text), reason: Reason::parse("spam").ok(), expires_at };
    let target = Target::Address(text.to_owned());
    let event = AuditEvent::by(Action::AddressBlocked, &user_id("ann"), target, &Visitor::default(), noon());
    store.add(&Blocking { block, created_by: Some(user_id("ann")), event, at: noon() }).await.unwrap()
}

pub async fn a_block_is_found_as_it_was_stored(store: &dyn BlockStore) {
    let block = add(store, "2001:db8::/32", Some(after(1))).await;
    assert_eq!((block.network, block.expires_at), (network("2001:db8::/32"), Some(after(1))));
    assert_eq!((block.created_by.clone(), block.created_at), (Some(user_id("ann")), noon()));
    assert_eq!(block.reason.as_ref().map(Reason::as_str), Some("spam"));
    assert_eq!(store.find(block.id).await.unwrap(), Some(block));
}

pub async fn a_block_is_removed_once(store: &dyn BlockStore) {
    let block = add(store, "192.0.2.7", None).await;
    let target = Target::Address("192.0.2.7".to_owned());
    let event = AuditEvent::by(Action::AddressUnblocked, &user_id("ann"), target, &Visitor::default(), noon());
    let unblocking = Unblocking { id: block.id, event };
    assert!(store.remove(&unblocking).await.unwrap());
    assert!(!store.remove(&unblocking).await.unwrap());
    assert_eq!(store.find(block.id).await.unwrap(), None);
}

pub async fn blocks_are_listed_from_the_newest_on_until_they_expire(store: &dyn BlockStore) {
    for (text, expires_at) in
        [("192.0.2.1", None), ("192.0.2.2", Some(noon())), ("192.0.2.3", Some(after(1))), ("192.0.2.4", None)]
    {
        add(store, text, expires_at).await;
    }
    let mut query = BlockQuery { limit: Limit::new(2).unwrap(), ..BlockQuery::default() };
    let page = store.page(&query, noon()).await.unwrap();
    let networks: Vec<_> = page.items.iter().map(|block| block.network.to_string()).collect();
    assert_eq!((networks, page.more), (vec!["192.0.2.4".to_owned(), "192.0.2.3".to_owned()], true));
    query.before = page.items.last().map(|block| block.id);
    let page = store.page(&query, noon()).await.unwrap();
    assert_eq!((page.items[0].network, page.items.len(), page.more), (network("192.0.2.1"), 1, false));
}

pub async fn networks_count_until_they_expire(store: &dyn BlockStore) {
    add(store, "192.0.2.0/24", None).await;
    add(store, "192.0.2.7", Some(after(1))).await;
    add(store, "192.0.2.8", Some(noon())).await;
    let mut networks = store.networks(noon()).await.unwrap();
    networks.sort_by_key(|(network, _)| network.bits());
    assert_eq!(networks, [(network("192.0.2.0/24"), None), (network("192.0.2.7"), Some(after(1)))]);
}

lists_every_clause!(block_store_clauses, "block_store_contract.rs");
