use std::net::IpAddr;
use std::sync::Arc;

use chrono::TimeDelta;

use super::cidr::Cidr;
use super::error::BlockError;
use super::list::BlockList;
use super::model::{Block, BlockId, BlockQuery, Blocking, NewBlock, Reason, Unblocking};
use super::ports::BlockStore;
use crate::access::Permission;
use crate::actor::Actor;
use crate::audit::{Action, AuditEvent, FieldChange, Target};
use crate::clock::Clock;
use crate::error::StoreError;
use crate::identity::Visitor;
use crate::limit::{Network, Quota, RateLimiter, Subject};
use crate::page::Page;

/// Failed sign-ins of one address before it is blocked.
const FAILURES: Quota = Quota { name: "sign-in failures", limit: 19, period: TimeDelta::minutes(10) };

/// How long an address is blocked after failed sign-ins.
const AUTOMATIC: TimeDelta = TimeDelta::minutes(15);

/// The use cases of blocks.
pub struct BlockService {
    store: Arc<dyn BlockStore>,
    list: BlockList,
    limiter: Arc<dyn RateLimiter>,
    clock: Arc<dyn Clock>,
    /// Whether failed sign-ins lead to blocks.
    automatic: bool,
}

impl BlockService {
    pub fn new(
        store: Arc<dyn BlockStore>,
        limiter: Arc<dyn RateLimiter>,
        clock: Arc<dyn Clock>,
        automatic: bool,
    ) -> Self {
        let list = BlockList::new(Arc::clone(&store), Arc::clone(&clock));
        Self { store, list, limiter, clock, automatic }
    }

    /// Reads what other instances have blocked. To be called twice a second.
    pub async fn follow(&self) -> Result<(), StoreError> {
        self.list.refresh().await
    }

    /// Whether anything is blocked at all.
    pub fn any(&self) -> bool {
        !self.list.is_empty()
    }

    pub fn is_blocked(&self, address: IpAddr) -> bool {
        self.list.contains(address)
    }

    /// The blocks that count, the newest first.
    pub async fn list(&self, actor: &Actor, query: &BlockQuery) -> Result<Page<Block>, BlockError> {
        actor.require(Permission::BlockList)?;
        Ok(self.store.page(query, self.clock.now()).await?)
    }

    /// Blocks a network, but not the one that the caller is in.
    pub async fn add(&self, actor: &Actor, visitor: &Visitor, block: NewBlock) -> Result<Block, BlockError> {
        actor.require(Permission::BlockWrite)?;
        let now = self.clock.now();
        if visitor.address.is_some_and(|own| block.network.contains(own)) {
            return Err(BlockError::OwnAddress);
        }
        if block.expires_at.is_some_and(|end| end <= now) {
            return Err(BlockError::Over);
        }
        let target = Target::Address(block.network.to_string());
        let event = AuditEvent::by(Action::AddressBlocked, &actor.user_id, target, visitor, now).with(changes(&block));
        let created_by = Some(actor.user_id.clone());
        Ok(self.store(Blocking { block, created_by, event, at: now }).await?)
    }

    pub async fn remove(&self, actor: &Actor, visitor: &Visitor, id: BlockId) -> Result<(), BlockError> {
        actor.require(Permission::BlockWrite)?;
        let block = self.store.find(id).await?.ok_or(BlockError::NotFound)?;
        let (target, now) = (Target::Address(block.network.to_string()), self.clock.now());
        let event = AuditEvent::by(Action::AddressUnblocked, &actor.user_id, target, visitor, now);
        let unblocking = Unblocking { id, event };
        if !self.store.remove(&unblocking).await? {
            return Err(BlockError::NotFound);
        }
        unblocking.event.log();
        self.refresh().await;
        Ok(())
    }

    /// Counts a failed sign-in, and blocks the address after too many of them. A store that does not answer is logged only:
    /// the sign-in has failed anyhow.
    pub async fn count_failure(&self, visitor: &Visitor) {
        let Some(address) = visitor.address.filter(|_| self.automatic) else { return };
        let network = Network::of(address);
        // Without a count nobody is blocked.
        let Ok(standing) = self.limiter.charge(&Subject::Address(network), &FAILURES).await else { return };
        if standing.is_allowed() || self.list.contains(address) {
            return;
        }
        if let Err(error) = self.block_for_failures(Cidr::of_customer(network), visitor).await {
            tracing::warn!(?error, "an address with too many failed sign-ins could not be blocked");
        }
    }

    async fn block_for_failures(&self, network: Cidr, visitor: &Visitor) -> Result<(), StoreError> {
        let at = self.clock.now();
        let reason = Some(Reason::from_stored("too many failed sign-ins".to_owned()));
        let block = NewBlock { network, reason, expires_at: Some(at + AUTOMATIC) };
        let target = Some(Target::Address(network.to_string()));
        let event = AuditEvent::of_nobody(Action::AddressBlocked, target, visitor, at).with(changes(&block));
        self.store(Blocking { block, created_by: None, event, at }).await.map(drop)
    }

    async fn store(&self, blocking: Blocking) -> Result<Block, StoreError> {
        let block = self.store.add(&blocking).await?;
        blocking.event.log();
        self.refresh().await;
        Ok(block)
    }

    /// Here at once. Elsewhere, and here if this fails, the list is read anew twice a second.
    async fn refresh(&self) {
        if let Err(error) = self.list.refresh().await {
            tracing::warn!(?error, "the list of blocked addresses could not be read");
        }
    }
}

fn changes(block: &NewBlock) -> Vec<FieldChange> {
    let reason = block.reason.as_ref().map(|reason| FieldChange::to("reason", reason.as_str()));
    let expires_at = block.expires_at.map(|end| FieldChange::to("expires_at", end.to_rfc3339()));
    reason.into_iter().chain(expires_at).collect()
}

#[cfg(test)]
mod tests;
