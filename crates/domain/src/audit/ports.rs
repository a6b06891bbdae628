use async_trait::async_trait;

use super::chain::Link;
use super::event::AuditEvent;
use super::query::AuditQuery;
use super::record::AuditRecord;
use crate::error::StoreError;
use crate::page::Page;

/// 256 bits.
pub type Hash = [u8; 32];

/// Keeps the audit log. Nothing that is stored can be changed or removed.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Stores an event that belongs to no other change.
    async fn append(&self, event: &AuditEvent) -> Result<(), StoreError>;

    /// The records that the query asks for, the newest first.
    async fn page(&self, query: &AuditQuery) -> Result<Page<AuditRecord>, StoreError>;

    /// The last link of the chain.
    async fn head(&self) -> Result<Link, StoreError>;

    /// Up to `at_most` records that have no place in the chain yet, in the order of their ids.
    async fn unchained(&self, at_most: usize) -> Result<Vec<AuditRecord>, StoreError>;

    /// Gives these records, by their ids, their places after `head`. False, and nothing happens, when the chain has another
    /// head by now.
    async fn chain(&self, head: &Link, links: &[(i64, Link)]) -> Result<bool, StoreError>;

    /// Up to `at_most` records with numbers above `number`, in the order of the chain.
    async fn chained_after(&self, number: i64, at_most: usize) -> Result<Vec<AuditRecord>, StoreError>;
}

/// A hash for which nobody finds two texts: SHA-256.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
pub trait ChainHasher: Send + Sync {
    fn hash(&self, bytes: &[u8]) -> Hash;
}
