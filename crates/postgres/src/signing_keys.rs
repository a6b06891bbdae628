//! Keys that our tokens are signed with.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use hexado_domain::error::StoreError;
use hexado_domain::identity::{SigningKey, SigningKeyStore};
use secrecy::ExposeSecret;

use crate::Postgres;
use crate::db::Db;
use crate::schema::jwks;

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

    async fn add(&self, key: &SigningKey) -> Result<(), StoreError> {
        let add = diesel::insert_into(jwks::table)
            .values((
                jwks::id.eq(&key.id),
                jwks::public_key.eq(&key.public_key),
                jwks::private_key.eq(key.private_key.expose_secret()),
                jwks::created_at.eq(key.created_at),
                jwks::expires_at.eq(key.expires_at),
                jwks::alg.eq(key.algorithm.as_deref()),
                jwks::crv.eq(key.curve.as_deref()),
            ))
            .returning(jwks::id);
        let _: Vec<String> = self.db.write(&add, self.db.deadline()).await?;
        Ok(())
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
