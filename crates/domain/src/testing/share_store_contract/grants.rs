//! Shares that are granted, changed and taken back.

use chrono::TimeDelta;

use super::{Subject, grant, is_recorded, is_stale, nobody, revocation, update};
use crate::error::StoreError;
use crate::task::share::{Access, ShareGrant, ShareRevocation, Sharing};
use crate::task::{OWNER_CONSTRAINT, TaskOutcome};
use crate::testing::fixtures::{attempt, draft, noon};
use crate::version::Expected;

pub async fn a_share_shows_the_task_to_its_user_alone(subject: &Subject) {
    let task = subject.create(&subject.owner, draft("Buy milk")).await;
    let other = subject.create(&subject.owner, draft("Buy bread")).await;
    assert_eq!(subject.find(&subject.sharee, &task).await, None);
    subject.share(&task, &subject.sharee, Access::View).await;
    for user in [&subject.owner, &subject.sharee] {
        assert_eq!(subject.find(user, &task).await, Some(task.clone()));
        let target = subject.tasks.find_for_write(user, task.id, None).await.unwrap();
        assert_eq!((target.task, target.sharing.shares.len()), (Some(task.clone()), 1));
    }
    for user in [&subject.stranger, &nobody()] {
        assert_eq!(subject.find(user, &task).await, None);
        let target = subject.tasks.find_for_write(user, task.id, None).await.unwrap();
        assert_eq!((target.task, target.sharing), (None, Sharing::default()));
    }
    assert_eq!(subject.find(&subject.sharee, &other).await, None);
}

pub async fn a_grant_is_found_with_the_task_the_oldest_first(subject: &Subject) {
    let task = subject.create(&subject.owner, draft("Buy milk")).await;
    assert_eq!(subject.sharing(&task).await, Sharing::default());
    let mut late = grant(&task, &Sharing::default(), &subject.sharee, Access::Edit);
    late.outcome.share.created_at = noon() + TimeDelta::seconds(1);
    subject.shares.grant(&late, None).await.unwrap();
    let sharing = subject.sharing(&task).await;
    assert_eq!((sharing.revision, &*sharing.shares), (1, &[late.outcome.share.clone()][..]));

    let early = grant(&task, &sharing, &subject.stranger, Access::View);
    subject.shares.grant(&early, None).await.unwrap();
    let sharing = subject.sharing(&task).await;
    assert_eq!((sharing.revision, &*sharing.shares), (2, &[early.outcome.share, late.outcome.share][..]));
}

pub async fn a_change_of_access_keeps_the_age_of_the_share(subject: &Subject) {
    let task = subject.create(&subject.owner, draft("Buy milk")).await;
    let before = subject.share(&task, &subject.sharee, Access::View).await;
    let after = subject.share(&task, &subject.sharee, Access::Edit).await;
    let share = before.of(&subject.sharee).unwrap();
    assert_eq!(after.revision, before.revision + 1);
    assert_eq!(after.shares.len(), 1);
    assert_eq!((after.shares[0].access, after.shares[0].created_at), (Access::Edit, share.created_at));
}

pub async fn a_share_changes_neither_task_nor_version(subject: &Subject) {
    let task = subject.create(&subject.owner, draft("Buy milk")).await;
    subject.share(&task, &subject.sharee, Access::Edit).await;
    subject.unshare(&task, &subject.sharee).await;
    assert_eq!(subject.find(&subject.owner, &task).await, Some(task));
}

pub async fn a_grant_to_a_user_that_does_not_exist_is_a_conflict(subject: &Subject) {
    let task = subject.create(&subject.owner, draft("Buy milk")).await;
    let granted = subject.shares.grant(&grant(&task, &Sharing::default(), &nobody(), Access::View), None).await;
    assert!(
        matches!(&granted, Err(StoreError::Conflict { constraint }) if constraint == OWNER_CONSTRAINT),
        "{granted:?}"
    );
    assert_eq!(subject.sharing(&task).await, Sharing::default());
}

pub async fn a_grant_or_revocation_from_another_sharing_is_stale_and_changes_nothing(subject: &Subject) {
    let task = subject.create(&subject.owner, draft("Buy milk")).await;
    let old = Sharing::default();
    let present = subject.share(&task, &subject.sharee, Access::View).await;
    let granted = subject.shares.grant(&grant(&task, &old, &subject.stranger, Access::Edit), None).await;
    let revoked = subject.shares.revoke(&revocation(&task, &old, &subject.sharee), None).await;
    assert!(is_stale(&granted) && is_stale(&revoked), "{granted:?} {revoked:?}");
    assert_eq!(subject.sharing(&task).await, present);
}

pub async fn a_grant_or_revocation_of_another_version_than_expected_is_stale(subject: &Subject) {
    let task = subject.create(&subject.owner, draft("Buy milk")).await;
    let sharing = subject.share(&task, &subject.sharee, Access::View).await;
    let newer = subject.tasks.update(&update(&task, &sharing, "Buy bread"), None).await.unwrap();
    let expecting = |versions: &[_]| Expected::OneOf(versions.to_vec());
    let granting = |expected| ShareGrant { expected, ..grant(&task, &sharing, &subject.stranger, Access::View) };
    let revoking = |expected| ShareRevocation { expected, ..revocation(&task, &sharing, &subject.sharee) };
    for expected in [expecting(&[]), expecting(&[task.version])] {
        assert!(is_stale(&subject.shares.grant(&granting(expected.clone()), None).await));
        assert!(is_stale(&subject.shares.revoke(&revoking(expected), None).await));
    }
    assert_eq!(subject.sharing(&task).await, sharing);
    let expected = expecting(&[task.version, newer.version]);
    subject.shares.revoke(&revoking(expected), None).await.unwrap();
}

pub async fn a_grant_or_revocation_in_the_name_of_another_owner_is_stale(subject: &Subject) {
    let task = subject.create(&subject.owner, draft("Buy milk")).await;
    let sharing = subject.share(&task, &subject.sharee, Access::Edit).await;
    let owner = subject.sharee.clone();
    let granting = ShareGrant { owner: owner.clone(), ..grant(&task, &sharing, &subject.stranger, Access::View) };
    let revoking = ShareRevocation { owner, ..revocation(&task, &sharing, &subject.sharee) };
    assert!(is_stale(&subject.shares.grant(&granting, None).await));
    assert!(is_stale(&subject.shares.revoke(&revoking, None).await));
    assert_eq!(subject.sharing(&task).await, sharing);
}

pub async fn a_share_of_a_task_that_is_gone_is_stale(subject: &Subject) {
    let task = subject.create(&subject.owner, draft("Buy milk")).await;
    let sharing = subject.share(&task, &subject.sharee, Access::View).await;
    assert!(subject.tasks.delete(&super::deletion(&task, &sharing), None).await.unwrap());
    let granted = subject.shares.grant(&grant(&task, &sharing, &subject.stranger, Access::View), None).await;
    let revoked = subject.shares.revoke(&revocation(&task, &sharing, &subject.sharee), None).await;
    assert!(is_stale(&granted) && is_stale(&revoked), "{granted:?} {revoked:?}");
}

pub async fn a_revocation_hides_the_task_again(subject: &Subject) {
    let task = subject.create(&subject.owner, draft("Buy milk")).await;
    subject.share(&task, &subject.sharee, Access::Edit).await;
    subject.share(&task, &subject.stranger, Access::View).await;
    let left = subject.unshare(&task, &subject.sharee).await;
    assert_eq!(left.viewers().collect::<Vec<_>>(), [&subject.stranger]);
    assert_eq!(left.revision, 3);
    assert_eq!(subject.find(&subject.sharee, &task).await, None);
    assert_eq!(subject.find(&subject.stranger, &task).await, Some(task.clone()));
    // And what was taken back can be granted again.
    subject.share(&task, &subject.sharee, Access::View).await;
    assert_eq!(subject.find(&subject.sharee, &task).await, Some(task));
}

pub async fn a_grant_and_a_revocation_are_recorded_with_their_outcomes(subject: &Subject) {
    let [granting, revoking] = ["grant", "revoke"].map(|key| attempt(subject.owner.as_str(), key, 7));
    let task = subject.create(&subject.owner, draft("Buy milk")).await;
    let grant = grant(&task, &Sharing::default(), &subject.sharee, Access::Edit);
    subject.shares.grant(&grant, Some(&granting)).await.unwrap();
    let revocation = revocation(&task, &subject.sharing(&task).await, &subject.sharee);
    subject.shares.revoke(&revocation, Some(&revoking)).await.unwrap();

    for (attempt, outcome) in
        [(granting, TaskOutcome::Granted(grant.outcome)), (revoking, TaskOutcome::Revoked(subject.sharee.clone()))]
    {
        let target = subject.tasks.find_for_write(&subject.owner, task.id, Some(&attempt)).await.unwrap();
        let recorded = target.recorded.unwrap();
        assert_eq!((recorded.fingerprint, recorded.outcome), ([7; 32], outcome));
    }
}

pub async fn a_recorded_attempt_grants_and_revokes_nothing(subject: &Subject) {
    let sent = attempt(subject.owner.as_str(), "key", 7);
    let task = subject.create(&subject.owner, draft("Buy milk")).await;
    let first = grant(&task, &Sharing::default(), &subject.sharee, Access::View);
    subject.shares.grant(&first, Some(&sent)).await.unwrap();
    let sharing = subject.sharing(&task).await;
    let second = grant(&task, &sharing, &subject.stranger, Access::View);
    assert!(is_recorded(&subject.shares.grant(&second, Some(&sent)).await));
    assert!(is_recorded(&subject.shares.revoke(&revocation(&task, &sharing, &subject.sharee), Some(&sent)).await));
    assert!(is_recorded(&subject.tasks.record(&sent, &TaskOutcome::Granted(second.outcome)).await));
    assert_eq!(subject.sharing(&task).await, sharing);
}
