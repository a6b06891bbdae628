//! Counters and change log against the tasks themselves.

use chrono::TimeDelta;
use hexado_domain::access::rules::Owner;
use hexado_domain::actor::Actor;
use hexado_domain::id::TaskId;
use hexado_domain::identity::UserStore;
use hexado_domain::patch::Patch;
use hexado_domain::task::{Category, Expected, Priority, TaskDraft, TaskError, TaskPatch};
use hexado_domain::testing::fixtures::{actor, draft, new_user, title};
use hexado_postgres::PgUserStore;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::Runtime;

use crate::support::Bench;

/// One write, at the task with that place among those there are.
#[derive(Clone, Debug)]
enum Write {
    Create(TaskDraft),
    Update(usize, TaskPatch),
    Delete(usize),
}

/// A write, and how many minutes after the one before.
fn write() -> impl Strategy<Value = (Write, i64)> {
    let write = prop_oneof![
        3 => created().prop_map(Write::Create),
        5 => (any::<usize>(), changed()).prop_map(|(place, patch)| Write::Update(place, patch)),
        1 => any::<usize>().prop_map(Write::Delete),
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

async fn play(bench: &Bench, actor: &Actor, writes: Vec<(Write, i64)>) -> Result<(), TaskError> {
    let (service, clock) = bench.service();
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
                users.register(&new_user(&id)).await.map_err(|error| TestCaseError::fail(error.to_string()))?;
                let actor = actor(&id);
                play(&bench, &actor, writes).await.map_err(|error| TestCaseError::fail(error.to_string()))?;
                bench.assert_consistent(&actor.user_id).await;
                Ok(())
            })
        })
        .unwrap();
}
