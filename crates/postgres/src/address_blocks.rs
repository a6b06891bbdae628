//! Blocked addresses.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use hexado_domain::block::{
    Block, BlockId, BlockQuery, BlockStore, BlockedNetwork, Blocking, Cidr, Reason, Unblocking,
};
use hexado_domain::error::StoreError;
use hexado_domain::id::UserId;
use hexado_domain::page::Page;

use crate::Postgres;
use crate::db::{Db, any};
use crate::error::Failure;
use crate::schema::address_blocks;

/// [`BlockStore`] on Postgres.
pub struct PgBlockStore {
    db: Arc<Db>,
}

impl PgBlockStore {
    pub fn new(postgres: &Postgres) -> Self {
        Self { db: postgres.db() }
    }
}

#[async_trait]
impl BlockStore for PgBlockStore {
    async fn add(&self, blocking: &Blocking) -> Result<Block, StoreError> {
        use address_blocks::{created_at, created_by, expires_at, network, reason, table};
        let block = &blocking.block;
        let insert = diesel::insert_into(table)
            .values((
                network.eq(block.network.to_string()),
                reason.eq(block.reason.as_ref().map(Reason::as_str)),
                created_by.eq(blocking.created_by.as_ref().map(UserId::as_str)),
                created_at.eq(blocking.at),
                expires_at.eq(block.expires_at),
            ))
            .returning(BlockRow::as_returning());
        let rows: Vec<BlockRow> = self.db.write_recorded(None, &insert, &blocking.event, any).await?;
        Ok(blocks(rows)?.pop().ok_or_else(|| Failure::unexpected("a new block was not returned"))?)
    }

    async fn find(&self, block: BlockId) -> Result<Option<Block>, StoreError> {
        let rows = self.db.search(&address_blocks::table.find(block.get()).select(BlockRow::as_select())).await?;
        Ok(blocks(rows)?.pop())
    }

    async fn remove(&self, unblocking: &Unblocking) -> Result<bool, StoreError> {
        let block = address_blocks::table.find(unblocking.id.get());
        let delete = diesel::delete(block).returning(address_blocks::id);
        let removed: Vec<i64> = self.db.write_recorded(None, &delete, &unblocking.event, any).await?;
        Ok(!removed.is_empty())
    }

    async fn page(&self, query: &BlockQuery, now: DateTime<Utc>) -> Result<Page<Block>, StoreError> {
        use address_blocks::{expires_at, id, table};
        let limit = query.limit.get();
        let before = query.before.map_or(i64::MAX, BlockId::get);
        // One more than asked tells whether there are more.
        let newest = table
            .filter(id.lt(before).and(expires_at.is_null().or(expires_at.gt(now).assume_not_null())))
            .order(id.desc())
            .limit(limit as i64 + 1)
            .select(BlockRow::as_select());
        let mut rows: Vec<BlockRow> = self.db.search(&newest).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        Ok(Page { items: blocks(rows)?, more, total: None })
    }

    async fn networks(&self, now: DateTime<Utc>) -> Result<Vec<BlockedNetwork>, StoreError> {
        use address_blocks::{expires_at, network, table};
        let living =
            table.filter(expires_at.is_null().or(expires_at.gt(now).assume_not_null())).select((network, expires_at));
        let rows: Vec<(String, Option<DateTime<Utc>>)> = self.db.search(&living).await?;
        Ok(rows.into_iter().map(|(text, until)| Ok((cidr(&text)?, until))).collect::<Result<_, Failure>>()?)
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = address_blocks, check_for_backend(Pg))]
struct BlockRow {
    id: i64,
    network: String,
    reason: Option<String>,
    created_by: Option<String>,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
}

fn blocks(rows: Vec<BlockRow>) -> Result<Vec<Block>, Failure> {
    let block = |row: BlockRow| {
        Ok(Block {
            id: BlockId::new(row.id),
            network: cidr(&row.network)?,
            reason: row.reason.map(Reason::from_stored),
            created_by: row.created_by.map(UserId::from_stored),
            created_at: row.created_at,
            expires_at: row.expires_at,
        })
    };
    rows.into_iter().map(block).collect()
}

fn cidr(text: &str) -> Result<Cidr, Failure> {
    Cidr::parse(text).ok_or_else(|| Failure::unexpected(format!("`{text}` is no network")))
}
