//! What is written, and what is refused.

use super::{Subject, change, completion, is_stale, join_all, retitle};
use crate::error::StoreError;
use crate::patch::Patch;
use crate::task::{
    Category, Description, DueAt, Expected, OWNER_CONSTRAINT, Priority, TaskCreation, TaskDraft, TaskPatch, Version,
};
use crate::testing::fixtures::{draft, noon, title, user_id};

/// A draft with every field, each with a value that is easily spoiled on the way.
fn full_draft() -> TaskDraft {
    TaskDraft {
        title: title("Größe \u{1f980} 'quoted' \\ \u{10ffff}"),
        description: Some(Description::from_stored(" first\r\n\tsecond <script> %s $1 ".into())),
        category: Some(Category::from_stored("Arbeit & \"home\"".into())),
        priority: Some(Priority::High),
        due_at: Some(DueAt::parse("0001-01-01T00:00:00.000001Z").unwrap()),
        completed: false,
    }
}

pub async fn a_created_task_is_stored_as_it_was_wished(subject: &Subject) {
    for draft in [full_draft(), draft("Buy milk")] {
        let wished = draft.clone();
        let task = subject.create(draft).await;
        assert_eq!(task.user_id, subject.owner);
        assert_eq!((task.title.clone(), task.description.clone()), (wished.title, wished.description));
        assert_eq!(
            (task.category.clone(), task.priority, task.due_at),
            (wished.category, wished.priority, wished.due_at)
        );
        assert_eq!((task.completed_at, task.version), (None, Version::FIRST));
        assert_eq!((task.created_at, task.updated_at), (noon(), noon()));
        assert_eq!(subject.find(&task).await, Some(task));
    }
}

pub async fn a_task_that_is_created_completed_was_completed_at_that_moment(subject: &Subject) {
    let task = subject.create(TaskDraft { completed: true, ..draft("Buy milk") }).await;
    assert_eq!(task.completed_at, Some(noon()));
    assert_eq!(subject.find(&task).await, Some(task));
}

pub async fn a_number_is_never_used_twice(subject: &Subject) {
    let first = subject.create(draft("first")).await;
    assert!(subject.delete(&first, Expected::Any).await);
    let second = subject.create(draft("second")).await;
    assert!(second.id > first.id, "{} came after {}", second.id, first.id);
}

pub async fn a_task_is_found_by_its_owner_only(subject: &Subject) {
    let task = subject.create(draft("Buy milk")).await;
    assert_eq!(subject.store.find(&subject.owner, task.id).await.unwrap(), Some(task.clone()));
    assert_eq!(subject.store.find(&subject.stranger, task.id).await.unwrap(), None);
    assert_eq!(subject.store.find(&user_id("nobody"), task.id).await.unwrap(), None);
}

pub async fn an_owner_that_does_not_exist_is_a_conflict(subject: &Subject) {
    let creation = TaskCreation::new(user_id("nobody"), draft("Buy milk"), noon());
    match subject.store.create(&creation, None).await {
        Err(StoreError::Conflict { constraint }) => assert_eq!(constraint, OWNER_CONSTRAINT),
        other => panic!("{other:?}"),
    }
}

pub async fn an_update_replaces_every_field(subject: &Subject) {
    let task = subject.create(draft("Buy milk")).await;
    let wished = full_draft();
    let patch = TaskPatch {
        title: Some(wished.title),
        description: Patch::Set(wished.description.unwrap()),
        category: Patch::Set(wished.category.unwrap()),
        priority: Patch::Set(wished.priority.unwrap()),
        due_at: Patch::Set(DueAt::parse("9999-12-31T23:59:59.999999Z").unwrap()),
        completed: Some(true),
        echoes: vec![],
    };
    let change = change(&task, patch);
    let stored = subject.store.update(&change, None).await.unwrap();
    assert_eq!(stored, change.task);
    assert_eq!(subject.find(&task).await, Some(change.task));
}

pub async fn an_update_can_clear_every_optional_field(subject: &Subject) {
    let task = subject.create(TaskDraft { completed: true, ..full_draft() }).await;
    let patch = TaskPatch {
        description: Patch::Clear,
        category: Patch::Clear,
        priority: Patch::Clear,
        due_at: Patch::Clear,
        completed: Some(false),
        ..TaskPatch::default()
    };
    let change = change(&task, patch);
    assert_eq!(subject.store.update(&change, None).await.unwrap(), change.task);
    assert_eq!(subject.find(&task).await, Some(change.task));
}

pub async fn an_update_of_a_version_that_is_gone_is_stale_and_changes_nothing(subject: &Subject) {
    let first = subject.create(draft("first")).await;
    let second = subject.update(&first, retitle("second")).await;
    assert!(is_stale(&subject.store.update(&change(&first, retitle("third")), None).await));
    assert_eq!(subject.find(&first).await, Some(second));
}

pub async fn an_update_of_a_deleted_task_is_stale(subject: &Subject) {
    let task = subject.create(draft("Buy milk")).await;
    assert!(subject.delete(&task, Expected::Any).await);
    assert!(is_stale(&subject.store.update(&change(&task, retitle("Buy bread")), None).await));
    assert_eq!(subject.find(&task).await, None);
}

pub async fn an_update_in_the_name_of_another_owner_is_stale(subject: &Subject) {
    let task = subject.create(draft("Buy milk")).await;
    let mut change = change(&task, retitle("Buy bread"));
    change.task.user_id = subject.stranger.clone();
    assert!(is_stale(&subject.store.update(&change, None).await));
    assert_eq!(subject.find(&task).await, Some(task));
}

pub async fn of_two_updates_of_one_version_one_is_stale(subject: &Subject) {
    for round in 0..20 {
        let task = subject.create(draft("Buy milk")).await;
        let changes = [change(&task, retitle(&format!("bread {round}"))), change(&task, completion(true))];
        let results = join_all(changes.iter().map(|change| subject.store.update(change, None))).await;
        assert_eq!(results.iter().filter(|result| is_stale(result)).count(), 1, "{results:?}");
        let stored = results.into_iter().find_map(Result::ok);
        assert_eq!(subject.find(&task).await, stored);
    }
}

pub async fn a_deletion_takes_the_task_away_once(subject: &Subject) {
    let (task, other) = (subject.create(draft("first")).await, subject.create(draft("second")).await);
    assert!(subject.delete(&task, Expected::Any).await);
    assert!(!subject.delete(&task, Expected::Any).await);
    assert_eq!(subject.all().await, [other]);
}

pub async fn a_deletion_takes_only_the_versions_that_it_expects(subject: &Subject) {
    let first = subject.create(draft("first")).await;
    let second = subject.update(&first, retitle("second")).await;
    for unexpected in [vec![], vec![first.version], vec![first.version, Version::new(9)]] {
        assert!(!subject.delete(&second, Expected::OneOf(unexpected)).await);
    }
    assert_eq!(subject.find(&second).await, Some(second.clone()));
    assert!(subject.delete(&second, Expected::OneOf(vec![first.version, second.version])).await);
    assert_eq!(subject.find(&second).await, None);
}

pub async fn a_deletion_in_the_name_of_another_owner_takes_nothing(subject: &Subject) {
    let task = subject.create(draft("Buy milk")).await;
    let mut deletion = super::deletion(&task, Expected::Any);
    deletion.user_id = subject.stranger.clone();
    assert!(!subject.store.delete(&deletion, None).await.unwrap());
    assert_eq!(subject.find(&task).await, Some(task));
}
