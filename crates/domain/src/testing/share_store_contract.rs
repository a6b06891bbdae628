//! The contract of [`ShareStore`], and of [`TaskStore`] for tasks that are shared, run against every adapter. Used as
//! [`task_store_contract`](super::task_store_contract) is, with [`share_store_clauses!`](crate::share_store_clauses).
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a clause fails by a panic")]

mod grants;
mod lists;
mod shared_tasks;

use std::sync::Arc;

pub use grants::*;
pub use lists::*;
pub use shared_tasks::*;

use super::fixtures::{noon, share_event, user_id};
use crate::error::StoreError;
use crate::id::UserId;
use crate::task::share::{Access, Granted, Share, ShareChange, ShareGrant, ShareRevocation, ShareStore, Sharing};
use crate::task::{Task, TaskChange, TaskCreation, TaskDeletion, TaskDraft, TaskPatch, TaskStore, rules};
use crate::version::Expected;

/// The stores to be tested, and users that they know and who have no tasks.
pub struct Subject {
    pub tasks: Arc<dyn TaskStore>,
    pub shares: Arc<dyn ShareStore>,
    pub owner: UserId,
    pub sharee: UserId,
    pub stranger: UserId,
}

/// Calls a macro with the names of all clauses.
#[macro_export]
macro_rules! share_store_clauses {
    ($tests:ident) => {
        $tests! {
            a_share_shows_the_task_to_its_user_alone
            a_grant_is_found_with_the_task_the_oldest_first
            a_change_of_access_keeps_the_age_of_the_share
            a_share_changes_neither_task_nor_version
            a_grant_to_a_user_that_does_not_exist_is_a_conflict
            a_grant_or_revocation_from_another_sharing_is_stale_and_changes_nothing
            a_grant_or_revocation_of_another_version_than_expected_is_stale
            a_grant_or_revocation_in_the_name_of_another_owner_is_stale
            a_share_of_a_task_that_is_gone_is_stale
            a_revocation_hides_the_task_again
            a_grant_and_a_revocation_are_recorded_with_their_outcomes
            a_recorded_attempt_grants_and_revokes_nothing
            an_update_that_knows_the_sharing_is_made_and_one_that_does_not_is_stale
            a_deletion_that_knows_the_sharing_is_made_and_one_that_does_not_takes_nothing
            an_update_or_deletion_after_the_last_share_is_gone_is_made_from_the_newest_sharing
            writes_of_shared_tasks_are_recorded
            a_list_of_shared_tasks_has_those_of_others_in_every_order
            a_list_of_shared_tasks_is_filtered_and_counted
        }
    };
}

impl Subject {
    async fn create(&self, owner: &UserId, draft: TaskDraft) -> Task {
        self.tasks.create(&TaskCreation::new(owner.clone(), draft, noon()), None).await.unwrap()
    }

    async fn find(&self, user: &UserId, task: &Task) -> Option<Task> {
        self.tasks.find(user, task.id).await.unwrap()
    }

    async fn sharing(&self, task: &Task) -> Sharing {
        self.tasks.find_for_write(&task.user_id, task.id, None).await.unwrap().sharing
    }

    async fn share(&self, task: &Task, sharee: &UserId, access: Access) -> Sharing {
        self.shares.grant(&grant(task, &self.sharing(task).await, sharee, access), None).await.unwrap();
        self.sharing(task).await
    }

    async fn unshare(&self, task: &Task, sharee: &UserId) -> Sharing {
        self.shares.revoke(&revocation(task, &self.sharing(task).await, sharee), None).await.unwrap();
        self.sharing(task).await
    }
}

fn grant(task: &Task, sharing: &Sharing, sharee: &UserId, access: Access) -> ShareGrant {
    let share = Share { user_id: sharee.clone(), access, created_at: noon() };
    change(task, sharing, Granted { share, is_new: sharing.of(sharee).is_none() })
}

fn revocation(task: &Task, sharing: &Sharing, sharee: &UserId) -> ShareRevocation {
    change(task, sharing, sharee.clone())
}

fn change<T>(task: &Task, sharing: &Sharing, outcome: T) -> ShareChange<T> {
    ShareChange {
        task_id: task.id,
        owner: task.user_id.clone(),
        made_from: sharing.revision,
        expected: Expected::Any,
        outcome,
        event: share_event(&task.user_id, task.id),
    }
}

fn update(task: &Task, sharing: &Sharing, title: &str) -> TaskChange {
    let patch = TaskPatch { title: Some(super::fixtures::title(title)), ..TaskPatch::default() };
    let change = rules::update(task, patch, &Expected::Any, noon()).unwrap().unwrap();
    TaskChange { sharing: sharing.clone(), ..change }
}

fn deletion(task: &Task, sharing: &Sharing) -> TaskDeletion {
    let (user_id, sharing) = (task.user_id.clone(), sharing.clone());
    TaskDeletion { user_id, id: task.id, expected: Expected::Any, sharing, at: noon() }
}

fn nobody() -> UserId {
    user_id("nobody")
}

fn is_stale<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Stale))
}

fn is_recorded<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Recorded))
}

lists_every_clause!(
    share_store_clauses,
    "share_store_contract/grants.rs",
    "share_store_contract/lists.rs",
    "share_store_contract/shared_tasks.rs"
);
