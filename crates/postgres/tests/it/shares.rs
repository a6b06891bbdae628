//! What the change logs of sharees say, and how shares end.

use hexado_domain::access::rules::Owner;
use hexado_domain::actor::Actor;
use hexado_domain::audit::Action;
use hexado_domain::id::{TaskId, UserId};
use hexado_domain::identity::users::{Deleted, UserDeletion};
use hexado_domain::identity::{UserStore, Visitor};
use hexado_domain::task::share::{Access, Granted, ShareError, ShareRequest};
use hexado_domain::task::{Expected, Task, TaskPatch};
use hexado_domain::testing::fixtures::{actor, auth_event, draft, title, user_id};
use hexado_postgres::PgUserStore;

use crate::support::Bench;

pub(crate) fn share_of(task_id: TaskId, sharee: &str) -> ShareRequest {
    ShareRequest {
        owner: Owner::Caller,
        task_id,
        sharee: Owner::User(user_id(sharee)),
        expected: Expected::Any,
        attempt: None,
        visitor: Visitor::default(),
    }
}

impl Bench {
    pub(crate) async fn task_of(&self, owner: &str, text: &str) -> Task {
        self.service().0.create(&actor(owner), &Owner::Caller, draft(text), None).await.unwrap().outcome
    }

    pub(crate) async fn share(&self, task: &Task, sharee: &str, access: Access) -> Result<Granted, ShareError> {
        let owner = Actor { user_id: task.user_id.clone(), ..actor("") };
        let granted = self.share_service().grant(&owner, &share_of(task.id, sharee), access).await?;
        Ok(granted.outcome)
    }

    /// Kinds and titles in a user's change log.
    async fn log(&self, user: &str) -> Vec<String> {
        let sql = "SELECT concat_ws(' ', kind, payload ->> 'title') FROM changes WHERE user_id = $1 ORDER BY seq";
        self.admin.query(sql, &[&user]).await.unwrap().iter().map(|row| row.get(0)).collect()
    }

    async fn delete_user(&self, id: &str) {
        let users = PgUserStore::new(&self.postgres);
        let user = users.find(&user_id(id)).await.unwrap().unwrap();
        let deletion = UserDeletion::of(&user, None, auth_event(Action::UserDeleted, id));
        assert_eq!(users.delete(&deletion).await.unwrap(), Deleted::Done);
    }

    pub(crate) async fn assert_all_consistent(&self, users: &[&str]) {
        for user in users {
            self.assert_consistent(&UserId::from_stored(*user)).await;
        }
    }
}

fn retitle(text: &str) -> TaskPatch {
    TaskPatch { title: Some(title(text)), ..TaskPatch::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sharee_is_told_of_everything_between_grant_and_revocation() {
    let bench = Bench::new().await;
    let (tasks, shares) = (bench.service().0, bench.share_service());
    let task = bench.task_of("ann", "one").await;
    let update = async |user: &str, text: &str| {
        tasks.update(&actor(user), &Owner::Caller, task.id, retitle(text), &Expected::Any, None).await.unwrap();
    };
    update("ann", "two").await;
    bench.share(&task, "bob", Access::View).await.unwrap();
    update("ann", "three").await;
    bench.share(&task, "bob", Access::Edit).await.unwrap();
    bench.share(&task, "bob", Access::Edit).await.unwrap();
    update("bob", "four").await;
    shares.revoke(&actor("bob"), &share_of(task.id, "bob")).await.unwrap();
    update("ann", "five").await;
    assert_eq!(bench.log("bob").await, ["shared two", "updated three", "shared three", "updated four", "unshared"]);
    assert_eq!(bench.log("ann").await, ["created one", "updated two", "updated three", "updated four", "updated five"]);
    bench.assert_all_consistent(&["ann", "bob"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_a_shared_task_is_told_to_everyone_and_leaves_no_share() {
    let bench = Bench::new().await;
    bench.register(&["cid"]).await;
    let task = bench.task_of("ann", "one").await;
    for sharee in ["bob", "cid"] {
        bench.share(&task, sharee, Access::Edit).await.unwrap();
    }
    let (tasks, _) = bench.service();
    tasks.delete(&actor("ann"), &Owner::Caller, task.id, &Expected::Any, None).await.unwrap();
    for sharee in ["bob", "cid"] {
        assert_eq!(bench.log(sharee).await, ["shared one", "deleted"]);
    }
    assert_eq!(bench.number("SELECT count(*) FROM task_shares").await, 0);
    bench.assert_all_consistent(&["ann", "bob", "cid"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_takes_their_shares_along_and_those_they_shared_with_are_told() {
    let bench = Bench::new().await;
    bench.register(&["cid"]).await;
    for (owner, text) in [("ann", "one"), ("ann", "two"), ("bob", "three")] {
        let task = bench.task_of(owner, text).await;
        for sharee in ["ann", "bob", "cid"].into_iter().filter(|sharee| *sharee != owner) {
            bench.share(&task, sharee, Access::Edit).await.unwrap();
        }
    }
    bench.delete_user("ann").await;
    assert_eq!(bench.log("bob").await, ["shared one", "shared two", "created three", "deleted", "deleted"]);
    assert_eq!(bench.log("cid").await, ["shared one", "shared two", "shared three", "deleted", "deleted"]);
    assert_eq!(bench.number("SELECT count(*) FROM task_shares WHERE user_id = 'cid'").await, 1);
    assert_eq!(bench.number("SELECT count(*) FROM task_shares").await, 1);
    bench.assert_all_consistent(&["bob", "cid"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_whom_another_server_deletes_takes_their_shares_along_too() {
    let bench = Bench::new().await;
    let (anns, bobs) = (bench.task_of("ann", "one").await, bench.task_of("bob", "two").await);
    bench.share(&anns, "bob", Access::View).await.unwrap();
    bench.share(&bobs, "ann", Access::View).await.unwrap();
    bench.execute("DELETE FROM users WHERE id = 'ann'").await;
    assert_eq!(bench.log("bob").await, ["created two", "shared one", "deleted"]);
    assert_eq!(bench.number("SELECT count(*) FROM task_shares").await, 0);
    // What is left is as good as ever.
    let (tasks, _) = bench.service();
    tasks.update(&actor("bob"), &Owner::Caller, bobs.id, retitle("three"), &Expected::Any, None).await.unwrap();
    bench.assert_all_consistent(&["bob"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_user_cannot_be_shared_with_nor_named_by_a_change_that_was_made_before() {
    let bench = Bench::new().await;
    let task = bench.task_of("ann", "one").await;
    bench.share(&task, "bob", Access::View).await.unwrap();
    bench.delete_user("bob").await;
    assert!(matches!(bench.share(&task, "bob", Access::View).await, Err(ShareError::UnknownUser)));
    let (tasks, _) = bench.service();
    tasks.delete(&actor("ann"), &Owner::Caller, task.id, &Expected::Any, None).await.unwrap();
    bench.assert_all_consistent(&["ann"]).await;
}
