//! Mails that belong to no other change.

use std::sync::Arc;

use async_trait::async_trait;
use hexado_domain::error::StoreError;
use hexado_domain::identity::{Outbox, Sending};
use hexado_domain::job::NewJob;

use crate::Postgres;
use crate::db::{Db, any};
use crate::jobs::{Enqueue, NewJobs};

/// [`Outbox`] on Postgres: a job.
pub struct PgOutbox {
    db: Arc<Db>,
}

impl PgOutbox {
    pub fn new(postgres: &Postgres) -> Self {
        Self { db: postgres.db() }
    }
}

#[async_trait]
impl Outbox for PgOutbox {
    async fn put(&self, sending: &Sending) -> Result<(), StoreError> {
        let jobs = NewJobs::of(&[NewJob::mail(sending.mail.clone(), sending.event.at)]);
        let _: Vec<i64> = self.db.write_recorded(None, &Enqueue(&jobs), &sending.event, any).await?;
        Ok(())
    }
}
