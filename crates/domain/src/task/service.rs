use std::sync::Arc;

use super::error::TaskError;
use super::model::{Task, TaskDeletion, TaskDraft, TaskOutcome, TaskPatch};
use super::ports::{TaskStore, WriteTarget};
use super::query::TaskQuery;
use super::rules;
use super::values::Expected;
use crate::access::Permission;
use crate::access::rules::{Owner, owner_scope};
use crate::actor::Actor;
use crate::clock::Clock;
use crate::error::StoreError;
use crate::id::TaskId;
use crate::idempotency::{Attempt, KeyReused, Recorded, Written};
use crate::page::Page;

/// How often a write that another one overtook is made anew before the caller is asked to come back later.
const TRIES: usize = 32;

/// The use cases of tasks.
pub struct TaskService {
    tasks: Arc<dyn TaskStore>,
    clock: Arc<dyn Clock>,
}

impl TaskService {
    pub fn new(tasks: Arc<dyn TaskStore>, clock: Arc<dyn Clock>) -> Self {
        Self { tasks, clock }
    }

    pub async fn list(&self, actor: &Actor, owner: &Owner, query: &TaskQuery) -> Result<Page<Task>, TaskError> {
        let owner = owner_scope(actor, owner, Permission::TaskReadAny)?;
        Ok(self.tasks.list(owner, query).await?)
    }

    pub async fn find(&self, actor: &Actor, owner: &Owner, id: TaskId) -> Result<Task, TaskError> {
        let owner = owner_scope(actor, owner, Permission::TaskReadAny)?;
        self.tasks.find(owner, id).await?.ok_or(TaskError::NotFound)
    }

    pub async fn create(
        &self,
        actor: &Actor,
        owner: &Owner,
        draft: TaskDraft,
        attempt: Option<&Attempt>,
    ) -> Result<Written<Task>, TaskError> {
        let owner = owner_scope(actor, owner, Permission::TaskWriteAny)?;
        let creation = rules::create(owner.clone(), draft, self.clock.now());
        match (self.tasks.create(&creation, attempt).await, attempt) {
            (Err(StoreError::Recorded), Some(attempt)) => {
                let recorded = self.tasks.recorded(attempt).await?.ok_or_else(overtaken)?;
                replayed_task(recorded, attempt)
            }
            (result, _) => Ok(Written::now(result?)),
        }
    }

    /// Applies `patch`. Without an expectation, a change that another one overtook is made anew from the newer version.
    pub async fn update(
        &self,
        actor: &Actor,
        owner: &Owner,
        id: TaskId,
        patch: TaskPatch,
        expected: &Expected,
        attempt: Option<&Attempt>,
    ) -> Result<Written<Task>, TaskError> {
        let owner = owner_scope(actor, owner, Permission::TaskWriteAny)?;
        for _ in 0..TRIES {
            let WriteTarget { task, recorded } = self.tasks.find_for_write(owner, id, attempt).await?;
            if let (Some(recorded), Some(attempt)) = (recorded, attempt) {
                return replayed_task(recorded, attempt);
            }
            let task = task.ok_or(TaskError::NotFound)?;
            let change = rules::update(&task, patch.clone(), expected, self.clock.now())?;
            let stored = match (change, attempt) {
                (Some(change), attempt) => self.tasks.update(&change, attempt).await,
                (None, Some(attempt)) => self.tasks.record(attempt, &task).await.map(|()| task),
                (None, None) => Ok(task),
            };
            match stored {
                Ok(task) => return Ok(Written::now(task)),
                Err(StoreError::Stale | StoreError::Recorded) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(overtaken().into())
    }

    pub async fn delete(
        &self,
        actor: &Actor,
        owner: &Owner,
        id: TaskId,
        expected: &Expected,
        attempt: Option<&Attempt>,
    ) -> Result<Written<TaskId>, TaskError> {
        let owner = owner_scope(actor, owner, Permission::TaskWriteAny)?;
        let user_id = owner.clone();
        let deletion = TaskDeletion { user_id, id, expected: expected.clone(), at: self.clock.now() };
        for _ in 0..TRIES {
            match self.tasks.delete(&deletion, attempt).await {
                Ok(true) => return Ok(Written::now(id)),
                Ok(false) | Err(StoreError::Recorded) => {}
                Err(error) => return Err(error.into()),
            }
            let WriteTarget { task, recorded } = self.tasks.find_for_write(owner, id, attempt).await?;
            if let (Some(recorded), Some(attempt)) = (recorded, attempt) {
                return replayed_deletion(recorded, attempt);
            }
            let task = task.ok_or(TaskError::NotFound)?;
            if !expected.allows(task.version) {
                return Err(TaskError::Stale { current: task.version });
            }
        }
        Err(overtaken().into())
    }
}

fn replayed_task(recorded: Recorded<TaskOutcome>, attempt: &Attempt) -> Result<Written<Task>, TaskError> {
    match recorded.replay(attempt)? {
        TaskOutcome::Saved(task) => Ok(Written::earlier(task)),
        TaskOutcome::Deleted(_) => Err(KeyReused.into()),
    }
}

fn replayed_deletion(recorded: Recorded<TaskOutcome>, attempt: &Attempt) -> Result<Written<TaskId>, TaskError> {
    match recorded.replay(attempt)? {
        TaskOutcome::Deleted(id) => Ok(Written::earlier(id)),
        TaskOutcome::Saved(_) => Err(KeyReused.into()),
    }
}

fn overtaken() -> StoreError {
    StoreError::unavailable("other writes to the same task overtook this one every time")
}
