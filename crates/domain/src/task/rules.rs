//! What a change of a task leads to: pure functions of the task, the request and the present moment.

use chrono::{DateTime, Utc};

use super::change::{EventKind, TaskChange};
use super::counters::{CounterDelta, Facets};
use super::error::TaskError;
use super::model::{Echo, Task, TaskPatch};
use super::share::Sharing;
use crate::error::{FieldError, FieldFault};
use crate::version::Expected;

/// The change that `patch` makes to `task` if it is not shared, or `None` when everything is that way already.
pub fn update(
    task: &Task,
    patch: TaskPatch,
    expected: &Expected,
    now: DateTime<Utc>,
) -> Result<Option<TaskChange>, TaskError> {
    check_version(task, expected)?;
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
    Ok(Some(TaskChange { task, event, counters, sharing: Sharing::default() }))
}

/// Refuses a write that expects other versions than the present one.
pub fn check_version(task: &Task, expected: &Expected) -> Result<(), TaskError> {
    if expected.allows(task.version) { Ok(()) } else { Err(TaskError::Stale { current: task.version }) }
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::super::values::{Category, Description, DueAt, Priority};
    use super::*;
    use crate::patch::Patch;
    use crate::testing::fixtures::{noon, task, title};
    use crate::version::Version;

    fn later() -> DateTime<Utc> {
        noon() + TimeDelta::minutes(1)
    }

    fn change(task: &Task, patch: TaskPatch) -> Option<TaskChange> {
        update(task, patch, &Expected::Any, later()).unwrap()
    }

    fn refused_fields(task: &Task, echoes: Vec<Echo>) -> Vec<&'static str> {
        match update(task, TaskPatch { echoes, ..TaskPatch::default() }, &Expected::Any, later()) {
            Ok(_) => vec![],
            Err(TaskError::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
            Err(error) => panic!("{error}"),
        }
    }

    #[test]
    fn a_change_makes_the_next_version_and_keeps_what_it_does_not_name() {
        let old = Task { category: Category::parse("home").ok(), ..task(1, "ann") };
        let change = change(&old, TaskPatch { title: Some(title("Buy bread")), ..TaskPatch::default() }).unwrap();
        assert_eq!(change.made_from(), old.version);
        assert_eq!(
            change.task,
            Task { title: title("Buy bread"), version: Version::new(2), updated_at: later(), ..old }
        );
        assert_eq!(change.event, EventKind::Updated);
    }

    #[test]
    fn a_patch_that_changes_nothing_makes_no_version() {
        let old = task(1, "ann");
        assert_eq!(change(&old, TaskPatch::default()), None);
        assert_eq!(change(&old, TaskPatch { title: Some(old.title.clone()), ..TaskPatch::default() }), None);
        assert_eq!(change(&old, TaskPatch { completed: Some(false), ..TaskPatch::default() }), None);
    }

    #[test]
    fn completing_notes_the_moment_and_completing_again_keeps_it() {
        let done = change(&task(1, "ann"), TaskPatch { completed: Some(true), ..TaskPatch::default() }).unwrap();
        assert_eq!((done.task.completed_at, done.event), (Some(later()), EventKind::Completed));
        assert_eq!(change(&done.task, TaskPatch { completed: Some(true), ..TaskPatch::default() }), None);
        let reopened = change(&done.task, TaskPatch { completed: Some(false), ..TaskPatch::default() }).unwrap();
        assert_eq!((reopened.task.completed_at, reopened.event), (None, EventKind::Updated));
    }

    #[test]
    fn a_stale_expectation_names_the_present_version() {
        let old = Task { version: Version::new(5), ..task(1, "ann") };
        let expected = Expected::OneOf(vec![Version::new(4)]);
        let result = update(&old, TaskPatch::default(), &expected, later());
        assert!(matches!(result, Err(TaskError::Stale { current }) if current == Version::new(5)));
    }

    #[test]
    fn a_clock_that_stepped_back_does_not_make_a_task_older() {
        let old = Task { updated_at: later() + TimeDelta::hours(1), ..task(1, "ann") };
        let change = change(&old, TaskPatch { completed: Some(true), ..TaskPatch::default() }).unwrap();
        assert_eq!(change.task.updated_at, old.updated_at);
    }

    #[test]
    fn read_only_fields_may_be_sent_back_as_they_are() {
        let old = task(1, "ann");
        let echoes = vec![
            Echo::Id(1),
            Echo::UserId("ann".into()),
            Echo::Version(1),
            Echo::CompletedAt(None),
            // What a JavaScript Date makes of it.
            Echo::CreatedAt(noon() + TimeDelta::microseconds(400)),
            Echo::UpdatedAt(noon()),
        ];
        assert_eq!(refused_fields(&old, echoes), Vec::<&str>::new());
    }

    #[test]
    fn other_values_of_read_only_fields_are_refused_all_at_once() {
        let echoes = vec![
            Echo::Id(2),
            Echo::UserId("bob".into()),
            Echo::Version(2),
            Echo::CompletedAt(Some(noon())),
            Echo::CreatedAt(later()),
            Echo::Misfit("updated_at"),
        ];
        let all = ["id", "user_id", "version", "completed_at", "created_at", "updated_at"];
        assert_eq!(refused_fields(&task(1, "ann"), echoes), all);
    }

    prop_compose! {
        fn any_task()(
            category in proptest::option::of("[a-c]"),
            priority in proptest::option::of(1i64..=3),
            due in proptest::option::of(0i64..1000),
            done in proptest::option::of(0i64..1000),
            description in proptest::option::of("[a-z]{0,3}"),
        ) -> Task {
            Task {
                category: category.and_then(|name| Category::parse(&name).ok()),
                priority: priority.and_then(Priority::from_number),
                due_at: due.map(|hours| DueAt::from_stored(noon() + TimeDelta::hours(hours))),
                completed_at: done.map(|hours| noon() - TimeDelta::hours(hours)),
                description: description.map(Description::from_stored),
                ..task(1, "ann")
            }
        }
    }

    fn patch_from(other: &Task) -> TaskPatch {
        fn patch<T>(value: Option<T>) -> Patch<T> {
            value.map_or(Patch::Clear, Patch::Set)
        }
        TaskPatch {
            title: Some(other.title.clone()),
            description: patch(other.description.clone()),
            category: patch(other.category.clone()),
            priority: patch(other.priority),
            due_at: patch(other.due_at),
            completed: Some(other.is_completed()),
            echoes: vec![],
        }
    }

    proptest! {
        #[test]
        fn a_change_and_its_reverse_move_no_counter(one in any_task(), other in any_task()) {
            let Some(there) = change(&one, patch_from(&other)) else { return Ok(()) };
            let Some(back) = change(&there.task, patch_from(&one)) else { return Ok(()) };
            prop_assert_eq!(there.counters.completed + back.counters.completed, 0);
            for (a, b) in there.counters.priorities.iter().zip(back.counters.priorities) {
                prop_assert_eq!((a.total + b.total, a.completed + b.completed), (0, 0));
            }
            for a in there.counters.categories.iter().flatten() {
                let b = back.counters.categories.iter().flatten().find(|b| b.category == a.category);
                prop_assert_eq!(b.map(|b| (b.total, b.completed)), Some((-a.total, -a.completed)));
            }
        }

        #[test]
        fn a_patch_is_applied_once(one in any_task(), other in any_task()) {
            let Some(there) = change(&one, patch_from(&other)) else { return Ok(()) };
            prop_assert_eq!(change(&there.task, patch_from(&other)), None);
        }
    }
}
