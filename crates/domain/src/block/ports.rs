use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::cidr::Cidr;
use super::model::{Block, BlockId, BlockQuery, Blocking, Unblocking};
use crate::error::StoreError;
use crate::page::Page;

/// A network, and until when it is blocked; `None` for until the block is lifted.
pub type BlockedNetwork = (Cidr, Option<DateTime<Utc>>);

/// Keeps blocks.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait BlockStore: Send + Sync {
    /// Stores a block and its event together.
    async fn add(&self, blocking: &Blocking) -> Result<Block, StoreError>;

    async fn find(&self, id: BlockId) -> Result<Option<Block>, StoreError>;

    /// Removes a block and stores its event with that. False, and nothing happens, when there is no such block.
    async fn remove(&self, unblocking: &Unblocking) -> Result<bool, StoreError>;

    /// Those that count at `now`, the newest first.
    async fn page(&self, query: &BlockQuery, now: DateTime<Utc>) -> Result<Page<Block>, StoreError>;

    /// Every network that is blocked at `now`.
    async fn networks(&self, now: DateTime<Utc>) -> Result<Vec<BlockedNetwork>, StoreError>;
}
