//! Who may reach other users' tasks.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use hexado_domain::error::StoreError;
use hexado_domain::id::UserId;
use hexado_domain::idempotency::Attempt;
use hexado_domain::task::share::{Access, Granted, Share, ShareChange, ShareGrant, ShareRevocation, ShareStore};
use serde::{Deserialize, Serialize};

use super::PgTaskStore;
use super::delete::versions;
use super::write::Write;
use crate::error::Failure;

#[async_trait]
impl ShareStore for PgTaskStore {
    async fn grant<'a>(&self, grant: &ShareGrant, attempt: Option<&'a Attempt>) -> Result<(), StoreError> {
        let written: Vec<i64> =
            self.write_recorded(&GrantShare { basis: Basis::of(grant), grant }, attempt, &grant.event).await?;
        if written.is_empty() { Err(StoreError::Stale) } else { Ok(()) }
    }

    async fn revoke<'a>(&self, revocation: &ShareRevocation, attempt: Option<&'a Attempt>) -> Result<(), StoreError> {
        let revoke = RevokeShare { basis: Basis::of(revocation), revocation };
        let written: Vec<i64> = self.write_recorded(&revoke, attempt, &revocation.event).await?;
        if written.is_empty() { Err(StoreError::Stale) } else { Ok(()) }
    }
}

/// What a change of a share is made from: a statement's first four binds.
struct Basis<'a> {
    task_id: i64,
    owner: &'a str,
    made_from: i64,
    expected: Option<Vec<i64>>,
}

impl<'a> Basis<'a> {
    fn of<T>(change: &'a ShareChange<T>) -> Self {
        let (owner, expected) = (change.owner.as_str(), versions(&change.expected));
        Self { task_id: change.task_id.get(), owner, made_from: change.made_from, expected }
    }

    fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param_value_only::<BigInt, _>(&self.task_id)?;
        out.push_bind_param_value_only::<Text, _>(self.owner)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.made_from)?;
        out.push_bind_param_value_only::<Nullable<Array<BigInt>>, _>(&self.expected)
    }
}

/// Stores a share and returns the task's id; no row when there is no such task of that sharing in such a version.
struct GrantShare<'a> {
    basis: Basis<'a>,
    grant: &'a ShareGrant,
}

impl Write for GrantShare<'_> {
    type Name = GrantShare<'static>;
    type Columns = BigInt;
    const SQL: &'static str = include_str!("../sql/grant_share.sql");
    const OUTCOME: &'static str = "jsonb_build_object('granted', (SELECT to_jsonb(s) FROM s))";
    const SELECT: &'static str = "id";

    fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Granted { share, is_new } = &self.grant.outcome;
        self.basis.push_binds(out)?;
        out.push_bind_param_value_only::<Text, _>(share.user_id.as_str())?;
        out.push_bind_param_value_only::<Text, _>(share.access.as_str())?;
        out.push_bind_param_value_only::<Timestamptz, _>(&share.created_at)?;
        out.push_bind_param_value_only::<Bool, _>(is_new)?;
        out.push_bind_param_value_only::<Timestamptz, _>(&self.grant.event.at)
    }
}

/// Removes a share, and returns as [`GrantShare`] does.
struct RevokeShare<'a> {
    basis: Basis<'a>,
    revocation: &'a ShareRevocation,
}

impl Write for RevokeShare<'_> {
    type Name = RevokeShare<'static>;
    type Columns = BigInt;
    const SQL: &'static str = include_str!("../sql/revoke_share.sql");
    const OUTCOME: &'static str = "jsonb_build_object('revoked', c.user_id)";
    const SELECT: &'static str = "id";

    fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.basis.push_binds(out)?;
        out.push_bind_param_value_only::<Text, _>(self.revocation.outcome.as_str())?;
        out.push_bind_param_value_only::<Timestamptz, _>(&self.revocation.event.at)
    }
}

/// A share as JSON: as its table has it, and in the records of attempts.
#[derive(Serialize, Deserialize)]
pub(super) struct ShareRow {
    user_id: String,
    access: String,
    created_at: DateTime<Utc>,
}

impl TryFrom<ShareRow> for Share {
    type Error = Failure;

    fn try_from(row: ShareRow) -> Result<Self, Failure> {
        let unknown = |_| Failure::unexpected(format!("a stored share has the access {}", row.access));
        let access = Access::parse(&row.access).map_err(unknown)?;
        Ok(Self { user_id: UserId::from_stored(row.user_id), access, created_at: row.created_at })
    }
}

impl From<&Share> for ShareRow {
    fn from(share: &Share) -> Self {
        let (user_id, access) = (share.user_id.as_str().to_owned(), share.access.as_str().to_owned());
        Self { user_id, access, created_at: share.created_at }
    }
}

/// What a grant led to, as the record of an attempt keeps it.
#[derive(Serialize, Deserialize)]
pub(super) struct GrantedRow {
    #[serde(flatten)]
    share: ShareRow,
    is_new: bool,
}

impl TryFrom<GrantedRow> for Granted {
    type Error = Failure;

    fn try_from(row: GrantedRow) -> Result<Self, Failure> {
        Ok(Self { share: row.share.try_into()?, is_new: row.is_new })
    }
}

impl From<&Granted> for GrantedRow {
    fn from(granted: &Granted) -> Self {
        Self { share: (&granted.share).into(), is_new: granted.is_new }
    }
}
