//! Shares that come and go while others write.

use futures_util::future::{join_all, try_join_all};
use hexado_domain::access::rules::Owner;
use hexado_domain::task::share::{Access, ShareError};
use hexado_domain::task::{Expected, Task, TaskError, TaskPatch};
use hexado_domain::testing::fixtures::{actor, title};

use crate::shares::share_of;
use crate::support::{BLOCKED, Bench, connect};

fn retitle(text: &str) -> TaskPatch {
    TaskPatch { title: Some(title(text)), ..TaskPatch::default() }
}

impl Bench {
    async fn retitle(&self, user: &str, task: &Task, text: &str) -> Result<Task, TaskError> {
        let (tasks, _) = self.service();
        let written = tasks.update(&actor(user), &Owner::Caller, task.id, retitle(text), &Expected::Any, None).await?;
        Ok(written.outcome)
    }

    async fn unshare(&self, task: &Task, sharee: &str) -> Result<(), ShareError> {
        self.share_service().revoke(&actor("ann"), &share_of(task.id, sharee)).await.map(drop)
    }

    async fn delete(&self, task: &Task) -> Result<(), TaskError> {
        let (tasks, _) = self.service();
        tasks.delete(&actor("ann"), &Owner::Caller, task.id, &Expected::Any, None).await.map(drop)
    }

    /// Runs `first`, which is held up at the task's row, and `second` while it waits; then both go on.
    async fn both_wait_for(&self, task: &Task, first: impl Future<Output = ()>, second: impl Future<Output = ()>) {
        let mut other = connect(self.database.url()).await;
        let held = other.transaction().await.unwrap();
        held.execute("SELECT FROM tasks WHERE id = $1 FOR UPDATE", &[&task.id.get()]).await.unwrap();
        let then = async {
            self.until(BLOCKED, 1).await;
            let release = async {
                self.until(BLOCKED, 2).await;
                held.commit().await.unwrap();
            };
            futures_util::join!(second, release);
        };
        futures_util::join!(first, then);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_waits_for_a_grant_is_told_to_the_new_sharee() {
    let bench = Bench::new().await;
    let task = bench.task_of("ann", "one").await;
    let grant = async { drop(bench.share(&task, "bob", Access::View).await.unwrap()) };
    let update = async { drop(bench.retitle("ann", &task, "two").await.unwrap()) };
    bench.both_wait_for(&task, grant, update).await;
    bench.assert_all_consistent(&["ann", "bob"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_waits_for_a_revocation_is_not_told_to_the_former_sharee_nor_made_by_them() {
    let bench = Bench::new().await;
    for writer in ["ann", "bob"] {
        let task = bench.task_of("ann", "one").await;
        bench.share(&task, "bob", Access::Edit).await.unwrap();
        let revoke = async { bench.unshare(&task, "bob").await.unwrap() };
        let update = async {
            let updated = bench.retitle(writer, &task, "two").await;
            assert_eq!(matches!(updated, Err(TaskError::NotFound)), writer == "bob", "{updated:?}");
        };
        bench.both_wait_for(&task, revoke, update).await;
        bench.assert_all_consistent(&["ann", "bob"]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_waits_for_a_grant_is_told_to_the_new_sharee() {
    let bench = Bench::new().await;
    let task = bench.task_of("ann", "one").await;
    let grant = async { drop(bench.share(&task, "bob", Access::View).await.unwrap()) };
    let delete = async { bench.delete(&task).await.unwrap() };
    bench.both_wait_for(&task, grant, delete).await;
    assert_eq!(bench.number("SELECT count(*) FROM changes WHERE user_id = 'bob' AND kind = 'deleted'").await, 1);
    bench.assert_all_consistent(&["ann", "bob"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_waits_for_a_deletion_finds_no_task() {
    let bench = Bench::new().await;
    let task = bench.task_of("ann", "one").await;
    let delete = async { bench.delete(&task).await.unwrap() };
    let grant = async {
        let granted = bench.share(&task, "bob", Access::View).await;
        assert!(matches!(granted, Err(ShareError::Task(TaskError::NotFound))), "{granted:?}");
    };
    bench.both_wait_for(&task, delete, grant).await;
    assert_eq!(bench.number("SELECT count(*) FROM task_shares").await, 0);
    bench.assert_all_consistent(&["ann", "bob"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_grants_at_once_none_is_lost_and_the_51st_is_refused() {
    let bench = Bench::new().await;
    let names: Vec<String> = (0..51).map(|i| format!("user{i}")).collect();
    bench.register(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let task = bench.task_of("ann", "one").await;
    for name in &names[..45] {
        bench.share(&task, name, Access::View).await.unwrap();
    }
    let results = join_all(names[45..].iter().map(|name| bench.share(&task, name, Access::Edit))).await;
    let refused: Vec<_> = results.into_iter().filter_map(Result::err).collect();
    assert!(matches!(refused[..], [ShareError::TooMany]), "{refused:?}");
    assert_eq!(bench.number("SELECT count(*) FROM task_shares").await, 50);
    assert_eq!(bench.number("SELECT sharing FROM tasks").await, 50);
    bench.retitle("ann", &task, "two").await.unwrap();
    for name in &names {
        bench.assert_all_consistent(&[name]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_with_the_same_viewers_on_either_side_lose_no_event_and_wait_for_each_other_in_no_circle() {
    let bench = Bench::new().await;
    bench.register(&["cid"]).await;
    let users = ["ann", "bob", "cid"];
    let mut tasks = Vec::new();
    for owner in users {
        let task = bench.task_of(owner, "one").await;
        for sharee in users.into_iter().rev().filter(|sharee| *sharee != owner) {
            bench.share(&task, sharee, Access::Edit).await.unwrap();
        }
        tasks.push(task);
    }
    let write = async |writer: usize| {
        for round in 0..40 {
            let task = &tasks[(writer + round) % tasks.len()];
            bench.retitle(users[writer % users.len()], task, &format!("{writer}/{round}")).await?;
        }
        Ok::<_, TaskError>(())
    };
    try_join_all((0..6).map(write)).await.unwrap();
    assert_eq!(bench.number("SELECT min(seq) FROM user_counters").await, 3 + 6 * 40);
    assert_eq!(bench.number("SELECT max(seq) FROM user_counters").await, 3 + 6 * 40);
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(bench.number(deadlocks).await, 0);
    bench.assert_all_consistent(&users).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shares_that_come_and_go_under_many_writers_leave_every_log_right() {
    let bench = Bench::new().await;
    bench.register(&["cid"]).await;
    let task = bench.task_of("ann", "one").await;
    let write = async |user: &str| {
        for round in 0..60 {
            match bench.retitle(user, &task, &format!("{user}/{round}")).await {
                // Not shared with them at the moment.
                Ok(_) | Err(TaskError::NotFound) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
    };
    let toggle = async |sharee: &str| {
        for _ in 0..30 {
            bench.share(&task, sharee, Access::Edit).await.unwrap();
            bench.unshare(&task, sharee).await.unwrap();
        }
        bench.share(&task, sharee, Access::Edit).await.unwrap();
    };
    futures_util::join!(write("ann"), write("bob"), write("cid"), toggle("bob"), toggle("cid"));
    assert_eq!(bench.number("SELECT sharing FROM tasks").await, 2 * 61);
    bench.assert_all_consistent(&["ann", "bob", "cid"]).await;
}
