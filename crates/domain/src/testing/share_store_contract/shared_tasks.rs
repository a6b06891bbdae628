//! What becomes of tasks while they are shared.

use super::{Subject, deletion, is_stale, update};
use crate::task::share::{Access, Sharing};
use crate::task::{TaskChange, TaskOutcome};
use crate::testing::fixtures::{attempt, draft};

pub async fn an_update_that_knows_the_sharing_is_made_and_one_that_does_not_is_stale(subject: &Subject) {
    let task = subject.create(&subject.owner, draft("Buy milk")).await;
    let old = Sharing::default();
    let one = subject.share(&task, &subject.sharee, Access::View).await;
    let two = subject.share(&task, &subject.stranger, Access::Edit).await;
    for other in [&old, &one] {
        assert!(is_stale(&subject.tasks.update(&update(&task, other, "Buy bread"), None).await));
    }
    let change = update(&task, &two, "Buy bread");
    assert_eq!(subject.tasks.update(&change, None).await.unwrap(), change.task);
    for user in [&subject.owner, &subject.sharee, &subject.stranger] {
        assert_eq!(subject.find(user, &task).await, Some(change.task.clone()));
    }
    // The version counts as ever.
    assert!(is_stale(&subject.tasks.update(&update(&task, &two, "Buy cheese"), None).await));
}

pub async fn a_deletion_that_knows_the_sharing_is_made_and_one_that_does_not_takes_nothing(subject: &Subject) {
    let task = subject.create(&subject.owner, draft("Buy milk")).await;
    let old = Sharing::default();
    let one = subject.share(&task, &subject.sharee, Access::View).await;
    let two = subject.share(&task, &subject.stranger, Access::Edit).await;
    for other in [&old, &one] {
        assert!(!subject.tasks.delete(&deletion(&task, other), None).await.unwrap());
    }
    let mut foreign = deletion(&task, &two);
    foreign.user_id = subject.stranger.clone();
    assert!(!subject.tasks.delete(&foreign, None).await.unwrap());
    assert_eq!(subject.sharing(&task).await, two);

    assert!(subject.tasks.delete(&deletion(&task, &two), None).await.unwrap());
    for user in [&subject.owner, &subject.sharee, &subject.stranger] {
        assert_eq!(subject.find(user, &task).await, None);
    }
    assert!(!subject.tasks.delete(&deletion(&task, &two), None).await.unwrap());
}

pub async fn an_update_or_deletion_after_the_last_share_is_gone_is_made_from_the_newest_sharing(subject: &Subject) {
    let task = subject.create(&subject.owner, draft("Buy milk")).await;
    let shared = subject.share(&task, &subject.sharee, Access::View).await;
    let unshared = subject.unshare(&task, &subject.sharee).await;
    assert_eq!((unshared.revision, &*unshared.shares), (2, &[][..]));
    for other in [&Sharing::default(), &shared] {
        assert!(is_stale(&subject.tasks.update(&update(&task, other, "Buy bread"), None).await));
        assert!(!subject.tasks.delete(&deletion(&task, other), None).await.unwrap());
    }
    let newer = subject.tasks.update(&update(&task, &unshared, "Buy bread"), None).await.unwrap();
    assert!(subject.tasks.delete(&deletion(&newer, &unshared), None).await.unwrap());
}

pub async fn writes_of_shared_tasks_are_recorded(subject: &Subject) {
    // By whoever sends them: the sharee's attempts are the sharee's.
    let [updating, deleting] =
        [(&subject.sharee, "update"), (&subject.owner, "delete")].map(|(user, key)| attempt(user.as_str(), key, 7));
    let task = subject.create(&subject.owner, draft("Buy milk")).await;
    let sharing = subject.share(&task, &subject.sharee, Access::Edit).await;
    let change: TaskChange = update(&task, &sharing, "Buy bread");
    let updated = subject.tasks.update(&change, Some(&updating)).await.unwrap();
    let target = subject.tasks.find_for_write(&subject.sharee, task.id, Some(&updating)).await.unwrap();
    assert_eq!(target.recorded.map(|recorded| recorded.outcome), Some(TaskOutcome::Saved(updated.clone())));
    assert_eq!((target.task, target.sharing), (Some(updated.clone()), sharing.clone()));

    assert!(subject.tasks.delete(&deletion(&updated, &sharing), Some(&deleting)).await.unwrap());
    let recorded = subject.tasks.recorded(&deleting).await.unwrap();
    assert_eq!(recorded.map(|recorded| recorded.outcome), Some(TaskOutcome::Deleted(task.id)));
}
