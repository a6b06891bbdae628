use std::sync::Arc;

use super::change::{TaskChange, TaskCreation, TaskDeletion, TaskOutcome};
use super::error::TaskError;
use super::model::{Task, TaskDraft, TaskPatch};
use super::ports::{TaskStore, WriteTarget};
use super::query::TaskQuery;
use super::rules;
use super::share::rules::require;
use super::share::{Access, Reach, Sharing};
use crate::access::Permission;
use crate::access::rules::{Owner, owner_scope};
use crate::actor::Actor;
use crate::clock::Clock;
use crate::error::StoreError;
use crate::id::TaskId;
use crate::idempotency::{Attempt, KeyReused, Recorded, Written};
use crate::page::Page;
use crate::version::Expected;

/// How often a write that another one overtook is made anew before the caller is asked to come back later.
pub(super) const TRIES: usize = 32;

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
        let user = owner_scope(actor, owner, Permission::TaskReadAny)?;
        Ok(self.tasks.list(user, query).await?)
    }

    pub async fn find(&self, actor: &Actor, owner: &Owner, id: TaskId) -> Result<Task, TaskError> {
        let user = owner_scope(actor, owner, Permission::TaskReadAny)?;
        self.tasks.find(user, id).await?.ok_or(TaskError::NotFound)
    }

    pub async fn create(
        &self,
        actor: &Actor,
        owner: &Owner,
        draft: TaskDraft,
        attempt: Option<&Attempt>,
    ) -> Result<Written<Task>, TaskError> {
        let owner = owner_scope(actor, owner, Permission::TaskWriteAny)?;
        let creation = TaskCreation::new(owner.clone(), draft, self.clock.now());
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
        let user = owner_scope(actor, owner, Permission::TaskWriteAny)?;
        for _ in 0..TRIES {
            let WriteTarget { task, sharing, recorded } = self.tasks.find_for_write(user, id, attempt).await?;
            if let (Some(recorded), Some(attempt)) = (recorded, attempt) {
                return replayed_task(recorded, attempt);
            }
            let task = task.ok_or(TaskError::NotFound)?;
            require(&task, &sharing, user, Reach::Shared(Access::Edit))?;
            let change = rules::update(&task, patch.clone(), expected, self.clock.now())?;
            let stored = match (change, attempt) {
                (Some(change), attempt) => self.tasks.update(&TaskChange { sharing, ..change }, attempt).await,
                (None, Some(attempt)) => self.record(attempt, task).await,
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
        let user = owner_scope(actor, owner, Permission::TaskWriteAny)?;
        // Most tasks are not shared. If this one is, nothing is deleted, and the read below says with whom.
        let (user_id, expected, sharing) = (user.clone(), expected.clone(), Sharing::default());
        let mut deletion = TaskDeletion { user_id, id, expected, sharing, at: self.clock.now() };
        for _ in 0..TRIES {
            match self.tasks.delete(&deletion, attempt).await {
                Ok(true) => return Ok(Written::now(id)),
                Ok(false) | Err(StoreError::Recorded) => {}
                Err(error) => return Err(error.into()),
            }
            let WriteTarget { task, sharing, recorded } = self.tasks.find_for_write(user, id, attempt).await?;
            if let (Some(recorded), Some(attempt)) = (recorded, attempt) {
                return replayed_deletion(recorded, attempt);
            }
            let task = task.ok_or(TaskError::NotFound)?;
            require(&task, &sharing, user, Reach::Owned)?;
            rules::check_version(&task, &deletion.expected)?;
            deletion.sharing = sharing;
        }
        Err(overtaken().into())
    }

    async fn record(&self, attempt: &Attempt, unchanged: Task) -> Result<Task, StoreError> {
        let outcome = TaskOutcome::Saved(unchanged.clone());
        self.tasks.record(attempt, &outcome).await.map(|()| unchanged)
    }
}

fn replayed_task(recorded: Recorded<TaskOutcome>, attempt: &Attempt) -> Result<Written<Task>, TaskError> {
    match recorded.replay(attempt)? {
        TaskOutcome::Saved(task) => Ok(Written::earlier(task)),
        _ => Err(KeyReused.into()),
    }
}

fn replayed_deletion(recorded: Recorded<TaskOutcome>, attempt: &Attempt) -> Result<Written<TaskId>, TaskError> {
    match recorded.replay(attempt)? {
        TaskOutcome::Deleted(id) => Ok(Written::earlier(id)),
        _ => Err(KeyReused.into()),
    }
}

pub(super) fn overtaken() -> StoreError {
    StoreError::unavailable("other writes to the same task overtook this one every time")
}

#[cfg(test)]
mod tests {
    use mockall::Sequence;

    use super::super::change::TaskChange;
    use super::super::ports::{MockTaskStore, OWNER_CONSTRAINT};
    use super::*;
    use crate::access::PermissionSet;
    use crate::error::{ErrorKind, Fault};
    use crate::testing::FixedClock;
    use crate::testing::fixtures::{actor, attempt, draft, noon, sharing, task, task_id, user_id};
    use crate::version::Version;

    fn service(store: MockTaskStore) -> TaskService {
        TaskService::new(Arc::new(store), Arc::new(FixedClock::at(noon())))
    }

    fn target(task: Option<Task>) -> WriteTarget {
        WriteTarget { task, ..WriteTarget::default() }
    }

    fn saved(fingerprint: u8, task: Task) -> Recorded<TaskOutcome> {
        Recorded { fingerprint: [fingerprint; 32], outcome: TaskOutcome::Saved(task) }
    }

    fn completion() -> TaskPatch {
        TaskPatch { completed: Some(true), ..TaskPatch::default() }
    }

    fn foreign() -> Owner {
        Owner::User(user_id("bob"))
    }

    #[tokio::test]
    async fn another_users_tasks_are_refused_before_any_look_up() {
        let service = service(MockTaskStore::new());
        let (ann, id) = (actor("ann"), task_id(1));
        let refusals = [
            service.list(&ann, &foreign(), &TaskQuery::default()).await.err(),
            service.find(&ann, &foreign(), id).await.err(),
            service.create(&ann, &foreign(), draft("x"), None).await.err(),
            service.update(&ann, &foreign(), id, completion(), &Expected::Any, None).await.err(),
            service.delete(&ann, &foreign(), id, &Expected::Any, None).await.err(),
        ];
        for refusal in refusals {
            let refusal = refusal.unwrap();
            assert_eq!((refusal.kind(), refusal.code()), (ErrorKind::Forbidden, "user_mismatch"));
        }
    }

    #[tokio::test]
    async fn a_permission_reaches_the_user_in_the_path() {
        let mut store = MockTaskStore::new();
        store.expect_find().withf(|owner, _| *owner == user_id("bob")).returning(|_, _| Ok(Some(task(1, "bob"))));
        let admin = Actor::new(user_id("ann"), PermissionSet::ALL);
        assert_eq!(service(store).find(&admin, &foreign(), task_id(1)).await.unwrap(), task(1, "bob"));
    }

    #[tokio::test]
    async fn a_change_that_was_overtaken_is_made_anew_from_the_newer_version() {
        let (mut store, mut order) = (MockTaskStore::new(), Sequence::new());
        for version in [1, 2] {
            store
                .expect_find_for_write()
                .once()
                .in_sequence(&mut order)
                .returning(move |_, _, _| Ok(target(Some(Task { version: Version::new(version), ..task(1, "ann") }))));
            store
                .expect_update()
                .withf(move |change: &TaskChange, _| change.made_from() == Version::new(version))
                .once()
                .in_sequence(&mut order)
                .returning(
                    move |change, _| if version == 1 { Err(StoreError::Stale) } else { Ok(change.task.clone()) },
                );
        }
        let written = service(store)
            .update(&actor("ann"), &Owner::Caller, task_id(1), completion(), &Expected::Any, None)
            .await
            .unwrap();
        assert_eq!(written.outcome.version, Version::new(3));
        assert!(!written.replayed);
    }

    #[tokio::test]
    async fn a_change_that_is_overtaken_every_time_is_given_up() {
        let mut store = MockTaskStore::new();
        store.expect_find_for_write().times(TRIES).returning(|_, _, _| Ok(target(Some(task(1, "ann")))));
        store.expect_update().times(TRIES).returning(|_, _| Err(StoreError::Stale));
        let result =
            service(store).update(&actor("ann"), &Owner::Caller, task_id(1), completion(), &Expected::Any, None).await;
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Unavailable);
    }

    #[tokio::test]
    async fn a_repeated_creation_gets_the_first_outcome() {
        let mut store = MockTaskStore::new();
        store.expect_create().returning(|_, _| Err(StoreError::Recorded));
        store.expect_recorded().returning(|_| Ok(Some(saved(7, task(1, "ann")))));
        let service = service(store);
        let create = |fingerprint| {
            let attempt = attempt("ann", "key", fingerprint);
            let service = &service;
            async move { service.create(&actor("ann"), &Owner::Caller, draft("x"), Some(&attempt)).await }
        };
        assert_eq!(create(7).await.unwrap(), Written::earlier(task(1, "ann")));
        assert_eq!(create(8).await.unwrap_err().code(), "idempotency_key_reused");
    }

    #[tokio::test]
    async fn a_repeated_change_gets_the_first_outcome_although_its_expectation_is_stale_by_now() {
        let mut store = MockTaskStore::new();
        store.expect_find_for_write().returning(|_, _, _| {
            let (first, now) = (task(1, "ann"), Task { version: Version::new(9), ..task(1, "ann") });
            Ok(WriteTarget { recorded: Some(saved(7, first)), ..target(Some(now)) })
        });
        let expected = Expected::OneOf(vec![Version::FIRST]);
        let attempt = attempt("ann", "key", 7);
        let written = service(store)
            .update(&actor("ann"), &Owner::Caller, task_id(1), completion(), &expected, Some(&attempt))
            .await
            .unwrap();
        assert_eq!(written, Written::earlier(task(1, "ann")));
    }

    #[tokio::test]
    async fn a_change_that_changes_nothing_is_recorded_with_its_key_and_not_written_without() {
        let mut store = MockTaskStore::new();
        store.expect_find_for_write().returning(|_, _, _| Ok(target(Some(task(1, "ann")))));
        store.expect_record().once().returning(|_, _| Ok(()));
        let service = service(store);
        for attempt in [None, Some(attempt("ann", "key", 7))] {
            let (patch, id) = (TaskPatch::default(), task_id(1));
            let written = service
                .update(&actor("ann"), &Owner::Caller, id, patch, &Expected::Any, attempt.as_ref())
                .await
                .unwrap();
            assert_eq!(written, Written::now(task(1, "ann")));
        }
    }

    #[tokio::test]
    async fn what_is_not_there_cannot_be_changed_or_deleted() {
        let mut store = MockTaskStore::new();
        store.expect_find().returning(|_, _| Ok(None));
        store.expect_find_for_write().returning(|_, _, _| Ok(target(None)));
        store.expect_delete().returning(|_, _| Ok(false));
        let (service, ann, id) = (service(store), actor("ann"), task_id(1));
        let refusals = [
            service.find(&ann, &Owner::Caller, id).await.err(),
            service.update(&ann, &Owner::Caller, id, completion(), &Expected::Any, None).await.err(),
            service.delete(&ann, &Owner::Caller, id, &Expected::Any, None).await.err(),
        ];
        for refusal in refusals {
            assert_eq!(refusal.unwrap().code(), "task_not_found");
        }
    }

    #[tokio::test]
    async fn a_deletion_with_a_stale_expectation_names_the_present_version() {
        let mut store = MockTaskStore::new();
        store.expect_delete().returning(|_, _| Ok(false));
        store.expect_find_for_write().returning(|_, _, _| Ok(target(Some(task(1, "ann")))));
        let expected = Expected::OneOf(vec![Version::new(9)]);
        let result = service(store).delete(&actor("ann"), &Owner::Caller, task_id(1), &expected, None).await;
        assert!(matches!(result, Err(TaskError::Stale { current }) if current == Version::FIRST));
    }

    #[tokio::test]
    async fn a_repeated_deletion_gets_the_first_outcome() {
        let mut store = MockTaskStore::new();
        store.expect_delete().returning(|_, _| Ok(false));
        store.expect_find_for_write().returning(|_, _, _| {
            let outcome = TaskOutcome::Deleted(task_id(1));
            Ok(WriteTarget { recorded: Some(Recorded { fingerprint: [7; 32], outcome }), ..target(None) })
        });
        let attempt = attempt("ann", "key", 7);
        let service = service(store);
        let deletion = service.delete(&actor("ann"), &Owner::Caller, task_id(1), &Expected::Any, Some(&attempt)).await;
        assert_eq!(deletion.unwrap(), Written::earlier(task_id(1)));
    }

    /// A task of ann's that bob may view and cid may edit.
    fn shared() -> WriteTarget {
        let sharing = sharing(&[("bob", Access::View), ("cid", Access::Edit)]);
        WriteTarget { sharing, ..target(Some(task(1, "ann"))) }
    }

    #[tokio::test]
    async fn a_change_of_a_shared_task_is_told_to_all_whom_it_is_shared_with() {
        for user in ["ann", "cid"] {
            let mut store = MockTaskStore::new();
            store.expect_find_for_write().returning(|_, _, _| Ok(shared()));
            let told = |change: &TaskChange, _: &Option<&Attempt>| {
                change.task.user_id == user_id("ann") && change.sharing == shared().sharing
            };
            store.expect_update().once().withf(told).returning(|change, _| Ok(change.task.clone()));
            let (service, actor) = (service(store), actor(user));
            let change = service.update(&actor, &Owner::Caller, task_id(1), completion(), &Expected::Any, None).await;
            assert!(change.unwrap().outcome.is_completed(), "{user}");
        }
    }

    #[tokio::test]
    async fn who_may_only_view_a_task_neither_changes_nor_deletes_it_and_who_may_edit_it_does_not_delete_it() {
        let mut store = MockTaskStore::new();
        store.expect_find_for_write().returning(|_, _, _| Ok(shared()));
        store.expect_delete().withf(|deletion, _| deletion.user_id != user_id("ann")).returning(|_, _| Ok(false));
        let (service, own, id) = (service(store), Owner::Caller, task_id(1));
        // Whether the expected version is the present one is no business of theirs.
        let stale = Expected::OneOf(vec![Version::new(9)]);
        let refusals = [
            service.update(&actor("bob"), &own, id, completion(), &stale, None).await.err(),
            service.delete(&actor("bob"), &own, id, &stale, None).await.err(),
            service.delete(&actor("cid"), &own, id, &Expected::Any, None).await.err(),
        ];
        for refusal in refusals {
            let refusal = refusal.unwrap();
            assert_eq!((refusal.kind(), refusal.code()), (ErrorKind::Forbidden, "access_missing"));
        }
    }

    #[tokio::test]
    async fn a_deletion_that_finds_the_task_shared_is_made_anew_for_all_who_see_it() {
        let mut store = MockTaskStore::new();
        store.expect_find_for_write().once().returning(|_, _, _| Ok(shared()));
        store.expect_delete().times(2).returning(|deletion, _| Ok(deletion.sharing == shared().sharing));
        let deletion = service(store).delete(&actor("ann"), &Owner::Caller, task_id(1), &Expected::Any, None).await;
        assert_eq!(deletion.unwrap(), Written::now(task_id(1)));
    }

    #[tokio::test]
    async fn a_task_for_a_user_that_is_gone_is_a_matter_of_the_credential() {
        let mut store = MockTaskStore::new();
        store.expect_create().returning(|_, _| Err(StoreError::Conflict { constraint: OWNER_CONSTRAINT.into() }));
        let result = service(store).create(&actor("ann"), &Owner::Caller, draft("x"), None).await;
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Unauthenticated);
    }
}
