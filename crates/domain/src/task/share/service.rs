use std::sync::Arc;

use super::change::{Granted, ShareChange};
use super::error::ShareError;
use super::model::{Access, Reach, Share, Sharing};
use super::ports::ShareStore;
use super::rules::{self, Grant};
use crate::access::Permission;
use crate::access::rules::{Owner, owner_scope};
use crate::actor::Actor;
use crate::audit::{Action, AuditEvent, FieldChange, Target};
use crate::clock::Clock;
use crate::error::StoreError;
use crate::id::{TaskId, UserId};
use crate::idempotency::{Attempt, KeyReused, Recorded, Written};
use crate::identity::{UserStore, Visitor};
use crate::task::change::TaskOutcome;
use crate::task::error::TaskError;
use crate::task::model::Task;
use crate::task::ports::{OWNER_CONSTRAINT, TaskStore};
use crate::task::rules::check_version;
use crate::task::service::{TRIES, overtaken};
use crate::version::Expected;

/// The use cases of shares.
pub struct ShareService {
    tasks: Arc<dyn TaskStore>,
    shares: Arc<dyn ShareStore>,
    users: Arc<dyn UserStore>,
    clock: Arc<dyn Clock>,
}

/// Which share shall be changed, and on which conditions.
#[derive(Clone, Debug)]
pub struct ShareRequest {
    pub owner: Owner,
    pub task_id: TaskId,
    /// With whom the task is shared.
    pub sharee: Owner,
    /// The versions that the task may have.
    pub expected: Expected,
    pub attempt: Option<Attempt>,
    pub visitor: Visitor,
}

impl ShareService {
    pub fn new(
        tasks: Arc<dyn TaskStore>,
        shares: Arc<dyn ShareStore>,
        users: Arc<dyn UserStore>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { tasks, shares, users, clock }
    }

    /// With whom a task is shared, the oldest share first: for its owner.
    pub async fn list(&self, actor: &Actor, owner: &Owner, id: TaskId) -> Result<Vec<Share>, ShareError> {
        let user = owner_scope(actor, owner, Permission::TaskReadAny)?;
        let target = self.tasks.find_for_write(user, id, None).await?;
        let task = target.task.ok_or(TaskError::NotFound)?;
        rules::require(&task, &target.sharing, user, Reach::Owned)?;
        Ok(target.sharing.shares)
    }

    /// Shares a task, or changes what a share lets its user do. One that is that way already is not written.
    pub async fn grant(
        &self,
        actor: &Actor,
        request: &ShareRequest,
        access: Access,
    ) -> Result<Written<Granted>, ShareError> {
        let user = owner_scope(actor, &request.owner, Permission::TaskWriteAny)?;
        for _ in 0..TRIES {
            if let Some(written) = self.try_to_grant(actor, user, request, access).await? {
                return Ok(written);
            }
        }
        Err(overtaken().into())
    }

    /// Takes a share back, or gives one's own up. Answers whose it was.
    pub async fn revoke(&self, actor: &Actor, request: &ShareRequest) -> Result<Written<UserId>, ShareError> {
        let user = owner_scope(actor, &request.owner, Permission::TaskWriteAny)?;
        for _ in 0..TRIES {
            if let Some(written) = self.try_to_revoke(actor, user, request).await? {
                return Ok(written);
            }
        }
        Err(overtaken().into())
    }

    /// `None` if another write overtook this one.
    async fn try_to_grant(
        &self,
        actor: &Actor,
        user: &UserId,
        request: &ShareRequest,
        access: Access,
    ) -> Result<Option<Written<Granted>>, ShareError> {
        let (task, sharing) = match self.basis(user, request, granted).await? {
            Basis::Found(task, sharing) => (task, sharing),
            Basis::Replayed(written) => return Ok(Some(written)),
        };
        rules::require(&task, &sharing, user, Reach::Owned)?;
        check_version(&task, &request.expected)?;
        let sharee = self.users.find(sharee_of(actor, request)).await?.ok_or(ShareError::UnknownUser)?;
        match rules::grant(&task, &sharing, &sharee, access, self.clock.now())? {
            Grant::Changed(granted) => {
                let sharee = &granted.share.user_id;
                let changes = differences(sharing.of(sharee), Some(&granted.share));
                let event = self.event(Action::TaskShared, actor, request).with(changes);
                let grant = change(request, task, &sharing, granted, event);
                let stored = self.shares.grant(&grant, request.attempt.as_ref()).await;
                settled(stored.inspect(|()| grant.event.log()), grant.outcome)
            }
            Grant::Unchanged(granted) => settled(self.record(request, &granted).await, granted),
        }
    }

    /// `None` if another write overtook this one.
    async fn try_to_revoke(
        &self,
        actor: &Actor,
        user: &UserId,
        request: &ShareRequest,
    ) -> Result<Option<Written<UserId>>, ShareError> {
        let (task, sharing) = match self.basis(user, request, revoked).await? {
            Basis::Found(task, sharing) => (task, sharing),
            Basis::Replayed(written) => return Ok(Some(written)),
        };
        let sharee = sharee_of(actor, request);
        rules::may_revoke(&task, &sharing, user, sharee)?;
        check_version(&task, &request.expected)?;
        let changes = differences(sharing.of(sharee), None);
        let event = self.event(Action::TaskUnshared, actor, request).with(changes);
        let revocation = change(request, task, &sharing, sharee.clone(), event);
        let stored = self.shares.revoke(&revocation, request.attempt.as_ref()).await;
        settled(stored.inspect(|()| revocation.event.log()), revocation.outcome)
    }

    async fn basis<T>(
        &self,
        user: &UserId,
        request: &ShareRequest,
        outcome_of: fn(TaskOutcome) -> Option<T>,
    ) -> Result<Basis<T>, ShareError> {
        let attempt = request.attempt.as_ref();
        let target = self.tasks.find_for_write(user, request.task_id, attempt).await?;
        if let (Some(recorded), Some(attempt)) = (target.recorded, attempt) {
            return Ok(Basis::Replayed(replayed(recorded, attempt, outcome_of)?));
        }
        Ok(Basis::Found(target.task.ok_or(TaskError::NotFound)?, target.sharing))
    }

    fn event(&self, action: Action, actor: &Actor, request: &ShareRequest) -> AuditEvent {
        let target = Target::Task(request.task_id);
        AuditEvent::by(action, &actor.user_id, target, &request.visitor, self.clock.now())
    }

    async fn record(&self, request: &ShareRequest, granted: &Granted) -> Result<(), StoreError> {
        let Some(attempt) = &request.attempt else { return Ok(()) };
        self.tasks.record(attempt, &TaskOutcome::Granted(granted.clone())).await
    }
}

/// What a write to a share begins with: the task with its shares, or what an earlier sending of the request led to.
enum Basis<T> {
    Found(Task, Sharing),
    Replayed(Written<T>),
}

fn change<T>(request: &ShareRequest, task: Task, sharing: &Sharing, outcome: T, event: AuditEvent) -> ShareChange<T> {
    ShareChange {
        task_id: task.id,
        owner: task.user_id,
        made_from: sharing.revision,
        expected: request.expected.clone(),
        outcome,
        event,
    }
}

/// What is different about a user's share of a task.
fn differences(before: Option<&Share>, after: Option<&Share>) -> Vec<FieldChange> {
    let field = |field, text: fn(&Share) -> &str| FieldChange {
        field,
        before: before.map(text).map(str::to_owned),
        after: after.map(text).map(str::to_owned),
    };
    vec![field("sharee", |share| share.user_id.as_str()), field("access", |share| share.access.as_str())]
}

fn sharee_of<'a>(actor: &'a Actor, request: &'a ShareRequest) -> &'a UserId {
    match &request.sharee {
        Owner::Caller => &actor.user_id,
        Owner::User(user_id) => user_id,
    }
}

/// The outcome, once it is stored; `None` if another write came first.
fn settled<T>(stored: Result<(), StoreError>, outcome: T) -> Result<Option<Written<T>>, ShareError> {
    match stored {
        Ok(()) => Ok(Some(Written::now(outcome))),
        Err(StoreError::Stale | StoreError::Recorded) => Ok(None),
        Err(StoreError::Conflict { ref constraint }) if constraint == OWNER_CONSTRAINT => Err(ShareError::UnknownUser),
        Err(error) => Err(error.into()),
    }
}

fn granted(outcome: TaskOutcome) -> Option<Granted> {
    if let TaskOutcome::Granted(granted) = outcome { Some(granted) } else { None }
}

fn revoked(outcome: TaskOutcome) -> Option<UserId> {
    if let TaskOutcome::Revoked(sharee) = outcome { Some(sharee) } else { None }
}

fn replayed<T>(
    recorded: Recorded<TaskOutcome>,
    attempt: &Attempt,
    outcome_of: fn(TaskOutcome) -> Option<T>,
) -> Result<Written<T>, TaskError> {
    Ok(Written::earlier(outcome_of(recorded.replay(attempt)?).ok_or(KeyReused)?))
}

#[cfg(test)]
mod tests;
