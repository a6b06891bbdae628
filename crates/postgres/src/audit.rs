//! The audit log.

mod append;
mod newest;
mod row;

use std::sync::Arc;

use async_trait::async_trait;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, BigInt, Binary};
use hexado_domain::audit::{AuditEvent, AuditLog, AuditQuery, AuditRecord, Link};
use hexado_domain::error::StoreError;
use hexado_domain::page::Page;

pub(crate) use self::append::Append;
use self::newest::Newest;
use self::row::AuditRow;
use crate::Postgres;
use crate::db::Db;
use crate::error::Failure;
use crate::schema::{audit_head, audit_records};
use crate::statement::prepared_once;

/// [`AuditLog`] on Postgres.
pub struct PgAuditLog {
    db: Arc<Db>,
}

impl PgAuditLog {
    pub fn new(postgres: &Postgres) -> Self {
        Self { db: postgres.db() }
    }
}

#[async_trait]
impl AuditLog for PgAuditLog {
    async fn append(&self, event: &AuditEvent) -> Result<(), StoreError> {
        let _: Vec<i64> = self.db.write(&Append::of(event), self.db.deadline()).await?;
        Ok(())
    }

    async fn page(&self, query: &AuditQuery) -> Result<Page<AuditRecord>, StoreError> {
        let limit = query.limit.get();
        let mut rows: Vec<AuditRow> = self.db.search(&Newest::of(query)).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        Ok(Page { items: rows.into_iter().map(AuditRecord::from).collect(), more, total: None })
    }

    async fn head(&self) -> Result<Link, StoreError> {
        let rows: Vec<(i64, Vec<u8>)> =
            self.db.search(&audit_head::table.select((audit_head::number, audit_head::hash))).await?;
        let head =
            rows.into_iter().next().and_then(|(number, hash)| Some(Link { number, hash: hash.try_into().ok()? }));
        head.ok_or_else(|| Failure::unexpected("the end of the audit log's chain is not known").into())
    }

    async fn unchained(&self, at_most: usize) -> Result<Vec<AuditRecord>, StoreError> {
        use audit_records::{id, number, table};
        let records = table.filter(number.is_null()).order(id).limit(limit_of(at_most)).select(AuditRow::as_select());
        let rows: Vec<AuditRow> = self.db.search(&records).await?;
        Ok(rows.into_iter().map(AuditRecord::from).collect())
    }

    async fn chain(&self, head: &Link, links: &[(i64, Link)]) -> Result<bool, StoreError> {
        let Some((_, last)) = links.last() else { return Ok(true) };
        let chain = Chain {
            head,
            last,
            ids: links.iter().map(|(id, _)| *id).collect(),
            numbers: links.iter().map(|(_, link)| link.number).collect(),
            hashes: links.iter().map(|(_, link)| link.hash.as_slice()).collect(),
        };
        let chained: Vec<i64> = self.db.write(&chain, self.db.deadline()).await?;
        Ok(!chained.is_empty())
    }

    async fn chained_after(&self, number: i64, at_most: usize) -> Result<Vec<AuditRecord>, StoreError> {
        let records = audit_records::table
            .filter(audit_records::number.gt(number))
            .order(audit_records::number)
            .limit(limit_of(at_most))
            .select(AuditRow::as_select());
        let rows: Vec<AuditRow> = self.db.search(&records).await?;
        Ok(rows.into_iter().map(AuditRecord::from).collect())
    }
}

fn limit_of(at_most: usize) -> i64 {
    i64::try_from(at_most).unwrap_or(i64::MAX)
}

/// Gives records their places, if the chain still ends where they follow.
struct Chain<'a> {
    head: &'a Link,
    last: &'a Link,
    ids: Vec<i64>,
    numbers: Vec<i64>,
    hashes: Vec<&'a [u8]>,
}

prepared_once!(Chain -> BigInt);

impl QueryFragment<Pg> for Chain<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("sql/chain_audit_records.sql"));
        out.push_bind_param_value_only::<BigInt, _>(&self.head.number)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.last.number)?;
        out.push_bind_param_value_only::<Binary, _>(self.last.hash.as_slice())?;
        out.push_bind_param_value_only::<Array<BigInt>, _>(&self.ids)?;
        out.push_bind_param_value_only::<Array<BigInt>, _>(&self.numbers)?;
        out.push_bind_param_value_only::<Array<Binary>, _>(&self.hashes)
    }
}
