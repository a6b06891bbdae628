use std::sync::Arc;

use super::chain::{Link, Verification, Walk};
use super::error::AuditError;
use super::event::AuditEvent;
use super::ports::{AuditLog, ChainHasher};
use super::query::AuditQuery;
use super::record::AuditRecord;
use crate::access::Permission;
use crate::actor::Actor;
use crate::error::StoreError;
use crate::page::Page;

/// How many records are read at once along the chain.
const PIECE: usize = 1000;

/// The use cases of the audit log.
pub struct AuditService {
    log: Arc<dyn AuditLog>,
    hasher: Arc<dyn ChainHasher>,
}

impl AuditService {
    pub fn new(log: Arc<dyn AuditLog>, hasher: Arc<dyn ChainHasher>) -> Self {
        Self { log, hasher }
    }

    /// Stores an event that belongs to no other change.
    pub async fn record(&self, event: &AuditEvent) -> Result<(), StoreError> {
        self.log.append(event).await?;
        event.log();
        Ok(())
    }

    /// A page of records, the newest first.
    pub async fn list(&self, actor: &Actor, query: &AuditQuery) -> Result<Page<AuditRecord>, AuditError> {
        actor.require(Permission::AuditRead)?;
        Ok(self.log.page(query).await?)
    }

    /// Walks along the whole chain.
    pub async fn verify(&self, actor: &Actor) -> Result<Verification, AuditError> {
        actor.require(Permission::AuditRead)?;
        Ok(self.walk().await?)
    }

    /// Walks along the whole chain, for who has the database anyhow.
    pub async fn walk(&self) -> Result<Verification, StoreError> {
        // First the end, then what leads there: the chain may grow meanwhile.
        let known = self.log.head().await?;
        let mut walk = Walk::new(&*self.hasher);
        while walk.head.number < known.number {
            let mut records = self.log.chained_after(walk.head.number, PIECE).await?;
            records.retain(|record| record.link.is_none_or(|link| link.number <= known.number));
            if records.is_empty() {
                break;
            }
            if let Err(broken) = walk.along(&records) {
                return Ok(Verification { head: walk.head, broken: Some(broken) });
            }
        }
        Ok(walk.end(known))
    }

    /// Gives records that have none yet their places in the chain, and tells how many. Instances may do this at the same
    /// time: only one of them succeeds.
    pub async fn chain(&self) -> Result<usize, StoreError> {
        let head = self.log.head().await?;
        let records = self.log.unchained(PIECE).await?;
        if records.is_empty() {
            return Ok(0);
        }
        let mut last = head;
        let links: Vec<(i64, Link)> = records
            .iter()
            .map(|record| {
                last = last.next(record, &*self.hasher);
                (record.id, last)
            })
            .collect();
        Ok(if self.log.chain(&head, &links).await? { links.len() } else { 0 })
    }
}

#[cfg(test)]
mod tests;
