//! Counters and change log against the tasks themselves.

use chrono::TimeDelta;
use hexado_domain::access::rules::Owner;
use hexado_domain::actor::Actor;
use hexado_domain::id::TaskId;
use hexado_domain::identity::UserStore;
use hexado_domain::patch::Patch;
use hexado_domain::task::share::{Access, ShareError};
use hexado_domain::task::{Category, Expected, Priority, TaskDraft, TaskError, TaskPatch};
use hexado_domain::testing::fixtures::{actor, draft, new_user, title};
use hexado_postgres::PgUserStore;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::Runtime;

use crate::shares::share_of;
use crate::support::Bench;

/// One write, at the task with that place among those there are.
#[derive(Clone, Debug)]
enum Write {
    Create(TaskDraft),
    Update(usize, TaskPatch),
    /// By the viewer, if they may.
    UpdateShared(usize, TaskPatch),
    Delete(usize),
    Share(usize, Access),
    Unshare(usize),
}

/// A write, and how many minutes after the one before.
fn write() -> impl Strategy<Value = (Write, i64)> {
    let write = prop_oneof![
        3 => created().prop_map(Write::Create),
        5 => (any::<usize>(), changed()).prop_map(|(place, patch)| Write::Update(place, patch)),
        2 => (any::<usize>(), changed()).prop_map(|(place, patch)| Write::UpdateShared(place, patch)),
        1 => any::<usize>().prop_map(Write::Delete),
        2 => (any::<usize>(), prop::sample::select(&Access::ALL)).prop_map(|(place, access)| Write::Share(place, access)),
        1 => any::<usize>().prop_map(Write::Unshare),
    ];
    (write, 0..40_i64)
}

fn category() -> impl Strategy<Value = Category> {
    prop_oneof![Just("home"), Just("work")].prop_map(|name| Category::from_stored(name.into()))
}

fn priority() -> impl Strategy<Value = Priority> {
    prop::sample::select(Priority::ALL.to_vec())
}

fn created() -> impl Strategy<Value = TaskDraft> {
    let facets = (prop::option::of(category()), prop::option::of(priority()), any::<bool>());
    facets.prop_map(|(category, priority, completed)| TaskDraft { category, priority, completed, ..draft("a task") })
}

fn patch<T: std::fmt::Debug + Clone>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Patch<T>> {
    prop_oneof![Just(Patch::Keep), Just(Patch::Clear), value.prop_map(Patch::Set)]
}

fn changed() -> impl Strategy<Value = TaskPatch> {
    let patch = (patch(category()), patch(priority()), any::<Option<bool>>(), any::<bool>());
    patch.prop_map(|(category, priority, completed, retitled)| {
        let title = retitled.then(|| title("another title"));
        TaskPatch { title, category, priority, completed, ..TaskPatch::default() }
    })
}

/// One user writes tasks and shares them with another.
async fn play(bench: &Bench, actor: &Actor, viewer: &Actor, writes: Vec<(Write, i64)>) -> Result<(), ShareError> {
    let ((service, clock), shares) = (bench.service(), bench.share_service());
    let mut ids: Vec<TaskId> = Vec::new();
    let place = |ids: &[TaskId], place: usize| (!ids.is_empty()).then(|| place % ids.len());
    for (write, minutes) in writes {
        clock.advance(TimeDelta::minutes(minutes));
        match write {
            Write::Create(draft) => ids.push(service.create(actor, &Owner::Caller, draft, None).await?.outcome.id),
            Write::Update(at, patch) => {
                let Some(at) = place(&ids, at) else { continue };
                service.update(actor, &Owner::Caller, ids[at], patch, &Expected::Any, None).await?;
            }
            Write::UpdateShared(at, patch) => {
                let Some(at) = place(&ids, at) else { continue };
                match service.update(viewer, &Owner::Caller, ids[at], patch, &Expected::Any, None).await {
                    Ok(_) | Err(TaskError::NotFound | TaskError::AccessMissing { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Write::Share(at, access) => {
                let Some(at) = place(&ids, at) else { continue };
                shares.grant(actor, &share_of(ids[at], viewer.user_id.as_str()), access).await?;
            }
            Write::Unshare(at) => {
                let Some(at) = place(&ids, at) else { continue };
                match shares.revoke(actor, &share_of(ids[at], viewer.user_id.as_str())).await {
                    Ok(_) | Err(ShareError::NotFound) => {}
                    Err(error) => return Err(error),
                }
            }
            Write::Delete(at) => {
                let Some(at) = place(&ids, at) else { continue };
                service.delete(actor, &Owner::Caller, ids.swap_remove(at), &Expected::Any, None).await?;
            }
        }
    }
    Ok(())
}

#[test]
fn counters_and_change_log_say_the_same_as_the_tasks_after_any_writes() {
    let runtime = Runtime::new().unwrap();
    let bench = runtime.block_on(Bench::new());
    let users = PgUserStore::new(&bench.postgres);
    let mut runner =
        TestRunner::new(Config { cases: 32, failure_persistence: None, max_shrink_iters: 100, ..Config::default() });
    runner
        .run(&prop::collection::vec(write(), 1..40), |writes| {
            let id = format!("user-{}", runtime.block_on(bench.number("SELECT count(*) FROM users")));
            runtime.block_on(async {
                let [owner, viewer] = [actor(&id), actor(&format!("{id}-viewer"))];
                for actor in [&owner, &viewer] {
                    let registered = users.register(&new_user(actor.user_id.as_str())).await;
                    registered.map_err(|error| TestCaseError::fail(error.to_string()))?;
                }
                play(&bench, &owner, &viewer, writes).await.map_err(|error| TestCaseError::fail(error.to_string()))?;
                bench.assert_consistent(&owner.user_id).await;
                bench.assert_consistent(&viewer.user_id).await;
                Ok(())
            })
        })
        .unwrap();
}
