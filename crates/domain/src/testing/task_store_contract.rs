//! The contract of [`TaskStore`], run against every adapter.
//!
//! Each clause is a function that panics where a store breaks it; [`task_store_clauses!`](crate::task_store_clauses) names
//! them all, so that an adapter can make a test of each one:
//!
//! ```ignore
//! macro_rules! tests {
//!     ($($clause:ident)*) => { $( #[tokio::test] async fn $clause() { contract::$clause(&subject().await).await } )* };
//! }
//! hexado_domain::task_store_clauses!(tests);
//! ```
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a clause fails by a panic")]

mod attempts;
mod filters;
mod pages;
mod writes;

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

pub use attempts::*;
use chrono::{DateTime, TimeDelta, Utc};
pub use filters::*;
pub use pages::*;
pub use writes::*;

use super::fixtures::noon;
use crate::error::StoreError;
use crate::id::UserId;
use crate::idempotency::Attempt;
use crate::page::{Limit, Page};
use crate::task::share::Sharing;
use crate::task::{
    Expected, Task, TaskChange, TaskCreation, TaskDeletion, TaskDraft, TaskOutcome, TaskPatch, TaskQuery, TaskStore,
    rules,
};

/// A store to be tested, and two users that it knows and who have no tasks.
pub struct Subject {
    pub store: Arc<dyn TaskStore>,
    pub owner: UserId,
    pub stranger: UserId,
}

/// Calls a macro with the names of all clauses.
#[macro_export]
macro_rules! task_store_clauses {
    ($tests:ident) => {
        $tests! {
            a_created_task_is_stored_as_it_was_wished
            a_task_that_is_created_completed_was_completed_at_that_moment
            a_number_is_never_used_twice
            a_task_is_found_by_its_owner_only
            an_owner_that_does_not_exist_is_a_conflict
            an_update_replaces_every_field
            an_update_can_clear_every_optional_field
            an_update_of_a_version_that_is_gone_is_stale_and_changes_nothing
            an_update_of_a_deleted_task_is_stale
            an_update_in_the_name_of_another_owner_is_stale
            of_two_updates_of_one_version_one_is_stale
            a_deletion_takes_the_task_away_once
            a_deletion_takes_only_the_versions_that_it_expects
            a_deletion_in_the_name_of_another_owner_takes_nothing
            an_attempt_is_recorded_with_its_outcome
            a_recorded_attempt_writes_nothing_again
            an_attempt_belongs_to_its_caller
            of_twenty_sendings_at_once_one_has_an_effect
            a_refused_write_is_not_recorded
            an_attempt_that_changes_nothing_is_recorded_once
            a_write_begins_with_the_task_and_the_record
            a_list_has_the_tasks_of_its_owner
            pages_follow_each_other_in_every_order
            what_has_no_value_comes_last_in_either_direction
            titles_are_ordered_without_regard_to_case
            a_cursor_keeps_its_place_while_tasks_come_and_go
            there_is_more_exactly_when_a_task_follows
            a_filter_lets_through_what_matches_all_of_it
            due_bounds_include_the_lower_and_exclude_the_upper
            words_are_looked_for_in_title_and_description
            words_are_never_operators
            totals_count_what_all_pages_have_together
            totals_follow_every_write
        }
    };
}

impl Subject {
    async fn create(&self, draft: TaskDraft) -> Task {
        self.create_at(draft, noon()).await
    }

    async fn create_at(&self, draft: TaskDraft, at: DateTime<Utc>) -> Task {
        self.store.create(&TaskCreation::new(self.owner.clone(), draft, at), None).await.unwrap()
    }

    async fn find(&self, task: &Task) -> Option<Task> {
        self.store.find(&task.user_id, task.id).await.unwrap()
    }

    async fn update(&self, task: &Task, patch: TaskPatch) -> Task {
        self.store.update(&change(task, patch), None).await.unwrap()
    }

    async fn delete(&self, task: &Task, expected: Expected) -> bool {
        self.store.delete(&deletion(task, expected), None).await.unwrap()
    }

    async fn list(&self, query: &TaskQuery) -> Page<Task> {
        self.store.list(&self.owner, query).await.unwrap()
    }

    /// Everything that the owner has, newest first.
    async fn all(&self) -> Vec<Task> {
        self.list(&TaskQuery { limit: limit(100), ..TaskQuery::default() }).await.items
    }

    /// What the first sending of the attempt led to.
    async fn outcome(&self, attempt: &Attempt) -> Option<TaskOutcome> {
        let recorded = self.store.recorded(attempt).await.unwrap()?;
        Some(recorded.replay(attempt).unwrap())
    }
}

/// The results of futures that run at the same time, in their order.
pub(super) async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    poll_fn(|context| {
        for (future, result) in futures.iter_mut().filter(|(_, result)| result.is_none()) {
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                *result = Some(output);
            }
        }
        let done = futures.iter().all(|(_, result)| result.is_some());
        if done { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    futures.into_iter().filter_map(|(_, result)| result).collect()
}

fn change(task: &Task, patch: TaskPatch) -> TaskChange {
    rules::update(task, patch, &Expected::Any, noon() + TimeDelta::minutes(1)).unwrap().unwrap()
}

fn retitle(text: &str) -> TaskPatch {
    TaskPatch { title: Some(super::fixtures::title(text)), ..TaskPatch::default() }
}

fn completion(completed: bool) -> TaskPatch {
    TaskPatch { completed: Some(completed), ..TaskPatch::default() }
}

fn deletion(task: &Task, expected: Expected) -> TaskDeletion {
    let (user_id, sharing, at) = (task.user_id.clone(), Sharing::default(), noon() + TimeDelta::minutes(2));
    TaskDeletion { user_id, id: task.id, expected, sharing, at }
}

fn limit(value: i64) -> Limit {
    Limit::new(value).unwrap()
}

fn is_stale<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Stale))
}

fn is_recorded<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Recorded))
}

lists_every_clause!(
    task_store_clauses,
    "task_store_contract/attempts.rs",
    "task_store_contract/filters.rs",
    "task_store_contract/pages.rs",
    "task_store_contract/writes.rs"
);
