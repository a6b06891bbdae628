//! One-time permissions.

use std::slice;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Text, Timestamptz};
use hexado_domain::error::StoreError;
use hexado_domain::id::UserId;
use hexado_domain::identity::{Identifier, NewVerification, Verification, VerificationStore};
use hexado_domain::job::NewJob;

use crate::Postgres;
use crate::db::{Db, any};
use crate::jobs::NewJobs;
use crate::schema::verifications;
use crate::statement::prepared_once;

/// [`VerificationStore`] on Postgres.
pub struct PgVerificationStore {
    db: Arc<Db>,
}

impl PgVerificationStore {
    pub fn new(postgres: &Postgres) -> Self {
        Self { db: postgres.db() }
    }
}

#[async_trait]
impl VerificationStore for PgVerificationStore {
    async fn put(&self, verification: &NewVerification) -> Result<(), StoreError> {
        let mail = NewJob::mail(verification.mail.clone(), verification.at);
        let put = PutVerification { new: verification, jobs: NewJobs::of(slice::from_ref(&mail)) };
        let _: Vec<String> = self.db.write_recorded(None, &put, &verification.event, any).await?;
        Ok(())
    }

    async fn find(&self, identifier: &Identifier) -> Result<Option<Verification>, StoreError> {
        let newest = verifications::table
            .filter(verifications::identifier.eq(identifier.as_str()))
            .order(verifications::created_at.desc())
            .limit(1)
            .select((verifications::value, verifications::expires_at));
        let rows: Vec<(String, DateTime<Utc>)> = self.db.search(&newest).await?;
        Ok(rows.into_iter().next().map(|(user_id, expires_at)| Verification {
            identifier: identifier.clone(),
            user_id: UserId::from_stored(user_id),
            expires_at,
        }))
    }
}

/// Stores a verification and queues its mail; returns its id.
struct PutVerification<'a> {
    new: &'a NewVerification,
    jobs: NewJobs,
}

prepared_once!(PutVerification -> Text);

impl QueryFragment<Pg> for PutVerification<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let NewVerification { id, verification, at, .. } = self.new;
        out.push_sql(include_str!("sql/put_verification.sql"));
        out.push_bind_param_value_only::<Text, _>(id)?;
        out.push_bind_param_value_only::<Text, _>(verification.identifier.as_str())?;
        out.push_bind_param_value_only::<Text, _>(verification.user_id.as_str())?;
        out.push_bind_param_value_only::<Timestamptz, _>(&verification.expires_at)?;
        out.push_bind_param_value_only::<Timestamptz, _>(at)?;
        self.jobs.push_binds(&mut out)
    }
}
