//! Tasks, their owners' counters, the change log and the records of attempts.

mod counted;
mod create;
mod delete;
mod deltas;
mod filter;
mod list;
mod once;
mod records;
mod row;
mod update;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::AsyncPgConnection;
use hexado_domain::error::StoreError;
use hexado_domain::id::{TaskId, UserId};
use hexado_domain::idempotency::{Attempt, Recorded};
use hexado_domain::page::Page;
use hexado_domain::task::{
    Task, TaskChange, TaskCreation, TaskDeletion, TaskOutcome, TaskQuery, TaskStore, WriteTarget,
};

use self::create::CreateTask;
use self::delete::DeleteTask;
use self::list::ListTasks;
use self::records::{FindForWrite, FindRecord, Record, RecordRow};
use self::row::TaskRow;
use self::update::UpdateTask;
use crate::Postgres;
use crate::db::Db;
use crate::error::Failure;
use crate::schema::tasks;
use crate::statement::Statement;

/// [`TaskStore`] on Postgres.
pub struct PgTaskStore {
    db: Arc<Db>,
}

impl PgTaskStore {
    pub fn new(postgres: &Postgres) -> Self {
        Self { db: postgres.db() }
    }

    async fn page(&self, owner: &UserId, query: &TaskQuery) -> Result<(Vec<Task>, bool), Failure> {
        let list = ListTasks::of(owner.as_str(), query);
        let rows: Vec<TaskRow> =
            if list::follows_an_index(query) { self.db.read(&list).await? } else { self.db.search(&list).await? };
        let more = rows.len() > query.limit.get();
        let items = rows.into_iter().take(query.limit.get()).map(Task::try_from).collect::<Result<_, _>>()?;
        Ok((items, more))
    }
}

/// Prepares what runs often.
pub(crate) async fn warm(conn: &AsyncPgConnection) -> QueryResult<()> {
    find_task("", 0).rows(conn).await?;
    for query in list::frequent() {
        let _: Vec<TaskRow> = ListTasks::of("", &query).rows(conn).await?;
    }
    Ok(())
}

fn find_task(owner: &str, id: i64) -> impl Statement<TaskRow> {
    tasks::table.find(id).filter(tasks::user_id.eq(owner)).select(TaskRow::as_select())
}

#[async_trait]
impl TaskStore for PgTaskStore {
    async fn list(&self, owner: &UserId, query: &TaskQuery) -> Result<Page<Task>, StoreError> {
        let total = async { if query.count { self.count(owner, &query.filter).await.map(Some) } else { Ok(None) } };
        let ((items, more), total) = futures_util::try_join!(self.page(owner, query), total)?;
        Ok(Page { items, more, total })
    }

    async fn find(&self, owner: &UserId, id: TaskId) -> Result<Option<Task>, StoreError> {
        let rows = self.db.read(&find_task(owner.as_str(), id.get())).await?;
        Ok(rows.into_iter().next().map(Task::try_from).transpose()?)
    }

    async fn find_for_write<'a>(
        &self,
        owner: &UserId,
        id: TaskId,
        attempt: Option<&'a Attempt>,
    ) -> Result<WriteTarget, StoreError> {
        let Some(attempt) = attempt else {
            return Ok(WriteTarget { task: self.find(owner, id).await?, recorded: None });
        };
        let target = FindForWrite { id: id.get(), owner: owner.as_str(), attempt };
        let rows: Vec<(Option<TaskRow>, Option<RecordRow>)> = self.db.read(&target).await?;
        let (task, record) = rows.into_iter().next().unwrap_or_default();
        let recorded = record.map(records::recorded).transpose()?;
        Ok(WriteTarget { task: task.map(Task::try_from).transpose()?, recorded })
    }

    async fn recorded(&self, attempt: &Attempt) -> Result<Option<Recorded<TaskOutcome>>, StoreError> {
        let rows = self.db.read(&FindRecord(attempt)).await?;
        Ok(rows.into_iter().next().map(records::recorded).transpose()?)
    }

    async fn record(&self, attempt: &Attempt, unchanged: &Task) -> Result<(), StoreError> {
        let _: Vec<String> = self.once(attempt, &Record::unchanged(attempt, unchanged)?).await?;
        Ok(())
    }

    async fn create<'a>(&self, creation: &TaskCreation, attempt: Option<&'a Attempt>) -> Result<Task, StoreError> {
        let rows: Vec<TaskRow> = self.write(&CreateTask::of(creation), attempt).await?;
        let row = rows.into_iter().next().ok_or_else(|| Failure::unexpected("a created task was not returned"))?;
        Ok(row.try_into()?)
    }

    async fn update<'a>(&self, change: &TaskChange, attempt: Option<&'a Attempt>) -> Result<Task, StoreError> {
        let rows: Vec<TaskRow> = self.write(&UpdateTask::of(change), attempt).await?;
        let row = rows.into_iter().next().ok_or(StoreError::Stale)?;
        Ok(row.try_into()?)
    }

    async fn delete<'a>(&self, deletion: &TaskDeletion, attempt: Option<&'a Attempt>) -> Result<bool, StoreError> {
        let deleted: Vec<i64> = self.write(&DeleteTask::of(deletion), attempt).await?;
        Ok(!deleted.is_empty())
    }
}
