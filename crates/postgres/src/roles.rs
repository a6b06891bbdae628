//! Roles.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use hexado_domain::access::{
    PermissionPattern, Removed, Role, RoleCatalog, RoleChange, RoleDefinition, RoleDescription, RoleHistory, RoleName,
    RoleRemoval, RoleStore,
};
use hexado_domain::audit::AuditEvent;
use hexado_domain::error::StoreError;
use hexado_domain::id::UserId;
use hexado_domain::version::Version;

use crate::Postgres;
use crate::db::{Db, any};
use crate::error::Failure;
use crate::schema::{role_revision, roles};
use crate::statement::prepared_once;

diesel::allow_tables_to_appear_in_same_query!(role_revision, roles);

/// [`RoleStore`] on Postgres.
pub struct PgRoleStore {
    db: Arc<Db>,
}

impl PgRoleStore {
    pub fn new(postgres: &Postgres) -> Self {
        Self { db: postgres.db() }
    }
}

#[async_trait]
impl RoleStore for PgRoleStore {
    async fn all(&self) -> Result<RoleCatalog, StoreError> {
        // In one statement, so that the revision is that of these roles.
        let all = role_revision::table
            .left_join(roles::table.on(role_revision::id))
            .select((role_revision::revision, Option::<RoleRow>::as_select()));
        let rows: Vec<(i64, Option<RoleRow>)> = self.db.read(&all).await?;
        let revision = rows.first().map(|(revision, _)| *revision);
        let revision = revision.ok_or_else(|| Failure::unexpected("the revision of roles is missing"))?;
        let mut roles: Vec<_> = rows.into_iter().filter_map(|(_, row)| row.map(Role::from)).collect();
        // Here, because databases differ in how they order text.
        roles.sort_by(|one, other| one.name().cmp(other.name()));
        Ok(RoleCatalog { revision, roles })
    }

    async fn put(&self, change: &RoleChange, event: &AuditEvent) -> Result<(), StoreError> {
        let stored: Vec<String> = self.db.write_recorded(None, &PutRole::of(change), event, any).await?;
        if stored.is_empty() { Err(StoreError::Stale) } else { Ok(()) }
    }

    async fn remove(&self, removal: &RoleRemoval, event: &AuditEvent) -> Result<Removed, StoreError> {
        let done: fn(&[(bool, Vec<String>)]) -> bool = |rows| matches!(rows, [(true, _)]);
        // Who is being given the role at this moment is waited for, and then seen.
        let lock = LockRoles(removal.name.as_str());
        let rows = self.db.write_recorded(Some(&lock), &RemoveRole::of(removal), event, done).await?;
        match rows.into_iter().next() {
            Some((true, _)) => Ok(Removed::Done),
            Some((false, holders)) if !holders.is_empty() => {
                Ok(Removed::HeldBy(holders.into_iter().map(UserId::from_stored).collect()))
            }
            _ => Err(StoreError::Stale),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = roles, check_for_backend(Pg))]
struct RoleRow {
    name: String,
    description: Option<String>,
    permissions: Vec<String>,
    inherits: Vec<String>,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<RoleRow> for Role {
    fn from(row: RoleRow) -> Self {
        let patterns = row.permissions.iter().filter_map(|text| PermissionPattern::parse(text));
        Self {
            definition: RoleDefinition {
                name: RoleName::from_stored(row.name),
                description: row.description.map(RoleDescription::from_stored),
                permissions: patterns.collect(),
                inherits: row.inherits.into_iter().map(RoleName::from_stored).collect(),
            },
            history: RoleHistory {
                version: Version::new(row.version),
                created_at: row.created_at,
                updated_at: row.updated_at,
            },
        }
    }
}

/// Stores a role if no role has changed meanwhile; returns its name.
struct PutRole<'a> {
    change: &'a RoleChange,
    description: Option<&'a str>,
    permissions: Vec<&'static str>,
    inherits: Vec<&'a str>,
    version: i64,
}

impl<'a> PutRole<'a> {
    fn of(change: &'a RoleChange) -> Self {
        let Role { definition, history } = &change.role;
        Self {
            change,
            description: definition.description.as_ref().map(RoleDescription::as_str),
            permissions: definition.permissions.iter().map(|pattern| pattern.as_str()).collect(),
            inherits: definition.inherits.iter().map(RoleName::as_str).collect(),
            version: history.version.get(),
        }
    }
}

prepared_once!(PutRole -> Text);

impl QueryFragment<Pg> for PutRole<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let role = &self.change.role;
        out.push_sql(include_str!("sql/put_role.sql"));
        out.push_bind_param_value_only::<BigInt, _>(&self.change.made_from)?;
        out.push_bind_param_value_only::<Text, _>(role.name().as_str())?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.description)?;
        out.push_bind_param_value_only::<Array<Text>, _>(&self.permissions)?;
        out.push_bind_param_value_only::<Array<Text>, _>(&self.inherits)?;
        out.push_bind_param_value_only::<BigInt, _>(&self.version)?;
        out.push_bind_param_value_only::<Timestamptz, _>(&role.history.created_at)?;
        out.push_bind_param_value_only::<Timestamptz, _>(&role.history.updated_at)
    }
}

/// Deletes a role if no role has changed meanwhile and nobody holds it; returns whether it did, and who holds it.
struct RemoveRole<'a> {
    removal: &'a RoleRemoval,
    named: i64,
}

impl<'a> RemoveRole<'a> {
    fn of(removal: &'a RoleRemoval) -> Self {
        Self { removal, named: Removed::NAMED }
    }
}

prepared_once!(RemoveRole -> (Bool, Array<Text>));

impl QueryFragment<Pg> for RemoveRole<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("sql/remove_role.sql"));
        out.push_bind_param_value_only::<BigInt, _>(&self.removal.made_from)?;
        out.push_bind_param_value_only::<Text, _>(self.removal.name.as_str())?;
        out.push_bind_param_value_only::<BigInt, _>(&self.named)
    }
}

/// Makes others wait who would change roles or give them to users; returns what it is given.
struct LockRoles<'a>(&'a str);

prepared_once!(LockRoles -> Text);

impl QueryFragment<Pg> for LockRoles<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT $1 FROM role_revision FOR NO KEY UPDATE");
        out.push_bind_param_value_only::<Text, _>(self.0)
    }
}
