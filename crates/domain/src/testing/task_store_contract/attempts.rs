//! Requests that are sent twice.

use super::{Subject, change, deletion, is_recorded, is_stale, join_all, retitle};
use crate::id::{TaskId, UserId};
use crate::idempotency::Attempt;
use crate::task::share::Sharing;
use crate::task::{Expected, TaskCreation, TaskOutcome, WriteTarget};
use crate::testing::fixtures::{attempt, draft, noon, user_id};

fn sending(caller: &UserId, key: &str) -> Attempt {
    attempt(caller.as_str(), key, 7)
}

pub async fn an_attempt_is_recorded_with_its_outcome(subject: &Subject) {
    let [create, update, delete] = ["create", "update", "delete"].map(|key| sending(&subject.owner, key));
    assert_eq!(subject.outcome(&create).await, None);

    let creation = TaskCreation::new(subject.owner.clone(), draft("Buy milk"), noon());
    let created = subject.store.create(&creation, Some(&create)).await.unwrap();
    let updated = subject.store.update(&change(&created, retitle("Buy bread")), Some(&update)).await.unwrap();
    assert!(subject.store.delete(&deletion(&updated, Expected::Any), Some(&delete)).await.unwrap());

    assert_eq!(subject.outcome(&delete).await, Some(TaskOutcome::Deleted(created.id)));
    assert_eq!(subject.outcome(&create).await, Some(TaskOutcome::Saved(created)));
    assert_eq!(subject.outcome(&update).await, Some(TaskOutcome::Saved(updated)));
    assert_eq!(subject.store.recorded(&create).await.unwrap().map(|recorded| recorded.fingerprint), Some([7; 32]));
}

pub async fn a_recorded_attempt_writes_nothing_again(subject: &Subject) {
    let sending = sending(&subject.owner, "key");
    let creation = TaskCreation::new(subject.owner.clone(), draft("Buy milk"), noon());
    let task = subject.store.create(&creation, Some(&sending)).await.unwrap();

    assert!(is_recorded(&subject.store.create(&creation, Some(&sending)).await));
    assert!(is_recorded(&subject.store.update(&change(&task, retitle("Buy bread")), Some(&sending)).await));
    assert!(is_recorded(&subject.store.delete(&deletion(&task, Expected::Any), Some(&sending)).await));
    assert!(is_recorded(&subject.store.record(&sending, &TaskOutcome::Saved(task.clone())).await));
    // The same key, though it came with another request.
    let other = attempt(subject.owner.as_str(), "key", 8);
    assert!(is_recorded(&subject.store.create(&creation, Some(&other)).await));

    assert_eq!(subject.all().await, std::slice::from_ref(&task));
    assert_eq!(subject.outcome(&sending).await, Some(TaskOutcome::Saved(task)));
}

pub async fn an_attempt_belongs_to_its_caller(subject: &Subject) {
    let creation = TaskCreation::new(subject.owner.clone(), draft("Buy milk"), noon());
    let (own, foreign) = (sending(&subject.owner, "key"), sending(&subject.stranger, "key"));
    let first = subject.store.create(&creation, Some(&own)).await.unwrap();
    let second = subject.store.create(&creation, Some(&foreign)).await.unwrap();
    assert_eq!(subject.outcome(&own).await, Some(TaskOutcome::Saved(first)));
    assert_eq!(subject.outcome(&foreign).await, Some(TaskOutcome::Saved(second)));
}

pub async fn of_twenty_sendings_at_once_one_has_an_effect(subject: &Subject) {
    let sending = sending(&subject.owner, "key");
    let creation = TaskCreation::new(subject.owner.clone(), draft("Buy milk"), noon());
    let results = join_all((0..20).map(|_| subject.store.create(&creation, Some(&sending)))).await;
    assert_eq!(results.iter().filter(|result| is_recorded(result)).count(), 19, "{results:?}");
    let created = results.into_iter().find_map(Result::ok).unwrap();
    assert_eq!(subject.all().await, std::slice::from_ref(&created));
    assert_eq!(subject.outcome(&sending).await, Some(TaskOutcome::Saved(created)));
}

pub async fn a_refused_write_is_not_recorded(subject: &Subject) {
    let sending = sending(&subject.owner, "key");
    let first = subject.create(draft("first")).await;
    subject.update(&first, retitle("second")).await;

    assert!(is_stale(&subject.store.update(&change(&first, retitle("third")), Some(&sending)).await));
    let unexpected = deletion(&first, Expected::OneOf(vec![first.version]));
    assert!(!subject.store.delete(&unexpected, Some(&sending)).await.unwrap());
    let orphan = TaskCreation::new(user_id("nobody"), draft("orphan"), noon());
    assert!(subject.store.create(&orphan, Some(&sending)).await.is_err());

    assert_eq!(subject.outcome(&sending).await, None);
    let creation = TaskCreation::new(subject.owner.clone(), draft("Buy milk"), noon());
    assert!(subject.store.create(&creation, Some(&sending)).await.is_ok());
}

pub async fn an_attempt_that_changes_nothing_is_recorded_once(subject: &Subject) {
    let sending = sending(&subject.owner, "key");
    let task = subject.create(draft("Buy milk")).await;
    subject.store.record(&sending, &TaskOutcome::Saved(task.clone())).await.unwrap();
    assert!(is_recorded(&subject.store.record(&sending, &TaskOutcome::Saved(task.clone())).await));
    assert_eq!(subject.outcome(&sending).await, Some(TaskOutcome::Saved(task)));
}

pub async fn a_write_begins_with_the_task_and_the_record(subject: &Subject) {
    let (sent, unsent) = (sending(&subject.owner, "sent"), sending(&subject.owner, "unsent"));
    let task = subject.create(draft("Buy milk")).await;
    subject.store.record(&sent, &TaskOutcome::Saved(task.clone())).await.unwrap();
    let missing = TaskId::new(task.id.get() + 1).unwrap();
    for (id, expected_task) in [(task.id, Some(task.clone())), (missing, None)] {
        for (attempt, expected_record) in [(Some(&sent), true), (Some(&unsent), false), (None, false)] {
            let target = subject.store.find_for_write(&subject.owner, id, attempt).await.unwrap();
            let WriteTarget { task: found, sharing, recorded } = target;
            assert_eq!((found, sharing), (expected_task.clone(), Sharing::default()));
            let outcome = recorded.map(|recorded| (recorded.fingerprint, recorded.outcome));
            assert_eq!(outcome, expected_record.then(|| (sent.fingerprint, TaskOutcome::Saved(task.clone()))));
        }
    }
    let foreign = subject.store.find_for_write(&subject.stranger, task.id, None).await.unwrap();
    assert_eq!(foreign, WriteTarget::default());
}
