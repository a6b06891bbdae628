//! Keys that our tokens are signed with.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Nullable, Text, Timestamptz};
use hexado_domain::error::StoreError;
use hexado_domain::identity::{KeyReplacement, SigningKey, SigningKeyStore};
use secrecy::ExposeSecret;

use crate::Postgres;
use crate::db::Db;
use crate::schema::jwks;
use crate::statement::prepared_once;

/// [`SigningKeyStore`] on Postgres.
pub struct PgSigningKeyStore {
    db: Arc<Db>,
}

impl PgSigningKeyStore {
    pub fn new(postgres: &Postgres) -> Self {
        Self { db: postgres.db() }
    }
}

#[async_trait]
impl SigningKeyStore for PgSigningKeyStore {
    async fn all(&self) -> Result<Vec<SigningKey>, StoreError> {
        let newest_first =
            jwks::table.order((jwks::created_at.desc(), jwks::id.desc())).select(SigningKeyRow::as_select());
        let rows: Vec<SigningKeyRow> = self.db.search(&newest_first).await?;
        Ok(rows.into_iter().map(SigningKey::from).collect())
    }

    async fn replace(&self, replacement: &KeyReplacement) -> Result<(), StoreError> {
        let _: Vec<String> = self.db.write(&ReplaceKeys(replacement), self.db.deadline()).await?;
        Ok(())
    }
}

/// Stores a key and ends the others; returns its id.
struct ReplaceKeys<'a>(&'a KeyReplacement);

prepared_once!(ReplaceKeys -> Text);

impl QueryFragment<Pg> for ReplaceKeys<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let KeyReplacement { key, others_expire_at } = self.0;
        out.push_sql(include_str!("sql/replace_keys.sql"));
        out.push_bind_param_value_only::<Text, _>(&key.id)?;
        out.push_bind_param_value_only::<Text, _>(&key.public_key)?;
        out.push_bind_param_value_only::<Text, _>(key.private_key.expose_secret())?;
        out.push_bind_param_value_only::<Timestamptz, _>(&key.created_at)?;
        out.push_bind_param_value_only::<Nullable<Timestamptz>, _>(&key.expires_at)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&key.algorithm)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&key.curve)?;
        out.push_bind_param_value_only::<Timestamptz, _>(others_expire_at)
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = jwks, check_for_backend(Pg))]
struct SigningKeyRow {
    id: String,
    public_key: String,
    private_key: String,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    alg: Option<String>,
    crv: Option<String>,
}

impl From<SigningKeyRow> for SigningKey {
    fn from(row: SigningKeyRow) -> Self {
        Self {
            id: row.id,
            public_key: row.public_key,
            private_key: row.private_key.into(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            algorithm: row.alg,
            curve: row.crv,
        }
    }
}
