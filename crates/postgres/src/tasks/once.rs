//! Writes that happen once, however often they are sent.

use diesel::result::Error::RollbackTransaction;
use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use hexado_domain::audit::AuditEvent;
use hexado_domain::error::StoreError;
use hexado_domain::idempotency::Attempt;
use tokio::time::{Instant, timeout_at};

use super::PgTaskStore;
use super::records::{ForgetExpired, KEY_CONSTRAINT, Record};
use super::write::{Keyed, Unkeyed, Write};
use crate::batch::{Batched, Batches};
use crate::db::any;
use crate::error::Failure;
use crate::statement::Statement;

impl PgTaskStore {
    pub(super) async fn write<'a, W, T>(&self, write: &'a W, attempt: Option<&'a Attempt>) -> Result<Vec<T>, StoreError>
    where
        W: Write,
        T: Send,
        Unkeyed<'a, W>: Statement<T>,
        Keyed<'a, W>: Statement<T>,
    {
        let Some(attempt) = attempt else { return Ok(self.db.write(&Unkeyed(write), self.db.deadline()).await?) };
        let keyed = Keyed(write, attempt);
        self.once(attempt, |deadline| self.db.write(&keyed, deadline).boxed()).await
    }

    /// Together with others, if there are some.
    pub(super) async fn write_together<W: Batched>(
        &self,
        batches: &Batches<W>,
        write: impl Fn() -> W + Sync,
        attempt: Option<&Attempt>,
    ) -> Result<Option<W::Row>, StoreError> {
        match attempt {
            Some(attempt) => self.once(attempt, |deadline| batches.write(write(), deadline).boxed()).await,
            None => Ok(batches.write(write(), self.db.deadline()).await?),
        }
    }

    /// With an audit record, if it wrote something.
    pub(super) async fn write_recorded<'a, W, T>(
        &self,
        write: &'a W,
        attempt: Option<&'a Attempt>,
        event: &AuditEvent,
    ) -> Result<Vec<T>, StoreError>
    where
        W: Write,
        T: Send,
        Unkeyed<'a, W>: Statement<T>,
        Keyed<'a, W>: Statement<T>,
    {
        let Some(attempt) = attempt else {
            return Ok(self.db.write_recorded(None, &Unkeyed(write), event, any).await?);
        };
        let keyed = Keyed(write, attempt);
        self.once(attempt, |_| self.db.write_recorded(None, &keyed, event, any).boxed()).await
    }

    /// Writes what records the attempt. A record that is too old to count is removed first.
    pub(super) async fn once<'w, T>(
        &self,
        attempt: &Attempt,
        write: impl Fn(Instant) -> BoxFuture<'w, Result<T, Failure>> + Sync,
    ) -> Result<T, StoreError> {
        let deadline = self.db.deadline();
        for _ in 0..2 {
            match write(deadline).await {
                Err(failure) if failure.is_conflict_on(KEY_CONSTRAINT) => {
                    let forgotten: Vec<String> = self.db.write(&ForgetExpired(attempt), deadline).await?;
                    if forgotten.is_empty() {
                        break;
                    }
                }
                Err(Failure::LockTimeout(cause)) => {
                    return Err(self.why_locked(attempt, deadline).await.unwrap_or(StoreError::Unavailable(cause)));
                }
                result => return Ok(result?),
            }
        }
        Err(StoreError::Recorded)
    }

    /// Whether a write that waited too long waited for another sending of its attempt: the server does not say for whom, so
    /// this tries to record the attempt itself, for a moment and in vain.
    async fn why_locked(&self, attempt: &Attempt, deadline: Instant) -> Option<StoreError> {
        match self.try_to_record(attempt, deadline).await {
            Err(Failure::LockTimeout(_)) => Some(StoreError::InFlight),
            Err(failure) if failure.is_conflict_on(KEY_CONSTRAINT) => Some(StoreError::Recorded),
            _ => None,
        }
    }

    async fn try_to_record(&self, attempt: &Attempt, deadline: Instant) -> Result<(), Failure> {
        let mut conn = self.db.check_out(deadline).await?;
        let trial = conn.transaction(async |conn| {
            conn.batch_execute("SET LOCAL lock_timeout = 50").await?;
            let _: Vec<String> = Record::trial(attempt).rows(conn).await?;
            Err(RollbackTransaction)
        });
        timeout_at(deadline, trial).await.map_err(Failure::unavailable)?.map_err(Failure::from)
    }
}
