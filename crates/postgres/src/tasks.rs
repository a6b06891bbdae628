//! Tasks and their shares, their owners' counters, the change log and the records of attempts.

mod counted;
mod create;
mod delete;
mod deltas;
mod filter;
mod find;
mod list;
mod once;
mod records;
mod row;
mod shares;
mod told;
mod update;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use futures_util::FutureExt;
use futures_util::future::try_join_all;
use hexado_domain::error::StoreError;
use hexado_domain::id::{TaskId, UserId};
use hexado_domain::idempotency::{Attempt, Recorded};
use hexado_domain::page::Page;
use hexado_domain::task::{
    Task, TaskChange, TaskCreation, TaskDeletion, TaskOutcome, TaskQuery, TaskStore, WriteTarget,
};
use tokio::time::sleep;
use tokio::try_join;

use self::create::Creation;
use self::delete::DeleteTask;
use self::find::{FindOwn, FindShared};
use self::list::ListTasks;
use self::records::{FindForWrite, FindRecord, Record, TargetRow};
use self::row::TaskRow;
use self::told::Told;
use self::update::{Update, UpdateTask};
use crate::Postgres;
use crate::batch::Batches;
use crate::db::{Db, MAKE_WAY};
use crate::error::Failure;
use crate::statement::Statement;

/// The revision of a task's sharing before the first share.
const NEVER_SHARED: i64 = 0;

/// [`TaskStore`] and [`ShareStore`](hexado_domain::task::share::ShareStore) on Postgres.
pub struct PgTaskStore {
    db: Arc<Db>,
    creations: Batches<Creation>,
    updates: Batches<Update>,
}

impl PgTaskStore {
    pub fn new(postgres: &Postgres) -> Self {
        let db = postgres.db();
        Self { creations: Batches::new(Arc::clone(&db)), updates: Batches::new(Arc::clone(&db)), db }
    }

    async fn page(&self, user: &UserId, query: &TaskQuery) -> Result<(Vec<Task>, bool), Failure> {
        let list = ListTasks::of(user.as_str(), query);
        let rows: Vec<TaskRow> =
            if list::follows_an_index(query) { self.db.read(&list).await? } else { self.db.search(&list).await? };
        let more = rows.len() > query.limit.get();
        let items = rows.into_iter().take(query.limit.get()).map(Task::try_from).collect::<Result<_, _>>()?;
        Ok((items, more))
    }

    /// With the revision of its sharing. Nearly every task that is reached for is the caller's own, and looking for shares
    /// too would cost PostgreSQL a quarter more.
    async fn own(&self, owner: &UserId, id: TaskId) -> Result<Option<(Task, i64)>, Failure> {
        let rows: Vec<(TaskRow, i64)> = self.db.read(&FindOwn { id: id.get(), owner: owner.as_str() }).await?;
        rows.into_iter().next().map(|(row, revision)| Ok((row.try_into()?, revision))).transpose()
    }
}

/// Prepares what runs often.
pub(crate) async fn warm(conn: &AsyncPgConnection) -> QueryResult<()> {
    let own = Statement::<(TaskRow, i64)>::rows(&FindOwn { id: 0, owner: "" }, conn);
    let shared = Statement::<TaskRow>::rows(&FindShared { id: 0, sharee: "" }, conn);
    let target = Statement::<TargetRow>::rows(&FindForWrite::of(0, "", None), conn);
    let queries = list::frequent();
    let lists = queries.iter().map(|query| Statement::<TaskRow>::rows(&ListTasks::of("", query), conn));
    try_join!(own, shared, target, try_join_all(lists)).map(drop)
}

#[async_trait]
impl TaskStore for PgTaskStore {
    async fn list(&self, user: &UserId, query: &TaskQuery) -> Result<Page<Task>, StoreError> {
        let total = async { if query.count { self.count(user, &query.filter).await.map(Some) } else { Ok(None) } };
        let ((items, more), total) = futures_util::try_join!(self.page(user, query), total)?;
        Ok(Page { items, more, total })
    }

    async fn find(&self, user: &UserId, id: TaskId) -> Result<Option<Task>, StoreError> {
        if let Some((task, _)) = self.own(user, id).await? {
            return Ok(Some(task));
        }
        let shared: Vec<TaskRow> = self.db.read(&FindShared { id: id.get(), sharee: user.as_str() }).await?;
        Ok(shared.into_iter().next().map(Task::try_from).transpose()?)
    }

    async fn find_for_write<'a>(
        &self,
        user: &UserId,
        id: TaskId,
        attempt: Option<&'a Attempt>,
    ) -> Result<WriteTarget, StoreError> {
        if attempt.is_none()
            && let Some((task, NEVER_SHARED)) = self.own(user, id).await?
        {
            return Ok(WriteTarget { task: Some(task), ..WriteTarget::default() });
        }
        let rows: Vec<TargetRow> = self.db.read(&FindForWrite::of(id.get(), user.as_str(), attempt)).await?;
        Ok(rows.into_iter().next().map(records::target).transpose()?.unwrap_or_default())
    }

    async fn recorded(&self, attempt: &Attempt) -> Result<Option<Recorded<TaskOutcome>>, StoreError> {
        let rows = self.db.read(&FindRecord(attempt)).await?;
        Ok(rows.into_iter().next().map(records::recorded).transpose()?)
    }

    async fn record(&self, attempt: &Attempt, unchanged: &TaskOutcome) -> Result<(), StoreError> {
        let record = Record::of(attempt, unchanged)?;
        let _: Vec<String> = self.once(attempt, |deadline| self.db.write(&record, deadline).boxed()).await?;
        Ok(())
    }

    async fn create<'a>(&self, creation: &TaskCreation, attempt: Option<&'a Attempt>) -> Result<Task, StoreError> {
        let row = self.write_together(&self.creations, || Creation::of(creation, attempt), attempt).await?;
        let row = row.ok_or_else(|| Failure::unexpected("a created task was not returned"))?;
        Ok(row.try_into()?)
    }

    async fn update<'a>(&self, change: &TaskChange, attempt: Option<&'a Attempt>) -> Result<Task, StoreError> {
        let row = if change.sharing.shares.is_empty() {
            self.write_together(&self.updates, || Update::of(change, attempt), attempt).await?
        } else {
            let told = Told::of(UpdateTask::of(change), &change.sharing);
            self.write::<_, TaskRow>(&told, attempt).await?.into_iter().next()
        };
        let Some(row) = row else {
            // Two who write in step would overtake each other in the same way again and again.
            sleep(MAKE_WAY).await;
            return Err(StoreError::Stale);
        };
        Ok(row.try_into()?)
    }

    async fn delete<'a>(&self, deletion: &TaskDeletion, attempt: Option<&'a Attempt>) -> Result<bool, StoreError> {
        let delete = DeleteTask::of(deletion);
        let deleted: Vec<i64> = if deletion.sharing.shares.is_empty() {
            self.write(&delete, attempt).await?
        } else {
            self.write(&Told::of(delete, &deletion.sharing), attempt).await?
        };
        Ok(!deleted.is_empty())
    }
}
