//! What a change of a task leads to: pure functions of the task, the request and the present moment.

use chrono::{DateTime, Utc};

use super::counters::{CounterDelta, Facets};
use super::error::TaskError;
use super::model::{Echo, EventKind, Task, TaskChange, TaskCreation, TaskDraft, TaskPatch};
use super::values::Expected;
use crate::error::{FieldError, FieldFault};
use crate::id::UserId;

/// A new task of `owner`.
pub fn create(owner: UserId, draft: TaskDraft, now: DateTime<Utc>) -> TaskCreation {
    let facets = Facets {
        category: draft.category.as_ref(),
        priority: draft.priority,
        completed_at: draft.completed.then_some(now),
    };
    let counters = CounterDelta::creation(facets, now);
    TaskCreation { user_id: owner, draft, at: now, counters }
}

/// The change that `patch` makes to `task`, or `None` when everything is that way already.
pub fn update(
    task: &Task,
    patch: TaskPatch,
    expected: &Expected,
    now: DateTime<Utc>,
) -> Result<Option<TaskChange>, TaskError> {
    if !expected.allows(task.version) {
        return Err(TaskError::Stale { current: task.version });
    }
    check_echoes(task, &patch.echoes)?;
    let changed = patched(task, patch, now);
    if changed == *task {
        return Ok(None);
    }
    let event = if changed.is_completed() && !task.is_completed() { EventKind::Completed } else { EventKind::Updated };
    let counters = CounterDelta::change(Facets::of(task), Facets::of(&changed));
    // A clock that stepped back must not make a task look older than it was.
    let updated_at = now.max(task.updated_at);
    let task = Task { version: task.version.next(), updated_at, ..changed };
    Ok(Some(TaskChange { task, event, counters }))
}

fn patched(task: &Task, patch: TaskPatch, now: DateTime<Utc>) -> Task {
    let old = task.clone();
    let completed_at = match patch.completed {
        Some(true) => Some(old.completed_at.unwrap_or(now)),
        Some(false) => None,
        None => old.completed_at,
    };
    Task {
        title: patch.title.unwrap_or(old.title),
        description: patch.description.apply(old.description),
        category: patch.category.apply(old.category),
        priority: patch.priority.apply(old.priority),
        due_at: patch.due_at.apply(old.due_at),
        completed_at,
        ..old
    }
}

fn check_echoes(task: &Task, echoes: &[Echo]) -> Result<(), TaskError> {
    let faults: Vec<_> = echoes
        .iter()
        .filter_map(|echo| misquoted(task, echo))
        .map(|field| FieldError::new(field, FieldFault::ReadOnly))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(TaskError::Invalid(faults)) }
}

/// The field's name, if the echo is not what the task has.
fn misquoted(task: &Task, echo: &Echo) -> Option<&'static str> {
    let (field, equal) = match echo {
        Echo::Id(id) => ("id", *id == task.id.get()),
        Echo::UserId(user_id) => ("user_id", user_id == task.user_id.as_str()),
        Echo::Version(version) => ("version", *version == task.version.get()),
        Echo::CompletedAt(at) => ("completed_at", same_moment(*at, task.completed_at)),
        Echo::CreatedAt(at) => ("created_at", same_moment(Some(*at), Some(task.created_at))),
        Echo::UpdatedAt(at) => ("updated_at", same_moment(Some(*at), Some(task.updated_at))),
        Echo::Misfit(field) => (*field, false),
    };
    (!equal).then_some(field)
}

/// Equal to the millisecond: all that a JavaScript `Date` keeps of a time that it read.
fn same_moment(a: Option<DateTime<Utc>>, b: Option<DateTime<Utc>>) -> bool {
    a.map(|time| time.timestamp_millis()) == b.map(|time| time.timestamp_millis())
}
