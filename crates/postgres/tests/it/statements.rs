//! How many statements a use case costs, by the server's own count.

use futures_util::future::try_join_all;
use hexado_devdb::testing::left_out;
use hexado_domain::access::rules::Owner;
use hexado_domain::identity::Registration;
use hexado_domain::task::share::Access;
use hexado_domain::task::{Category, Expected, StatusFilter, Task, TaskFilter, TaskPatch, TaskQuery, TaskService};
use hexado_domain::testing::fixtures::{actor, attempt, draft, noon, registration, session};

use crate::identity_contract::stores;
use crate::shares::share_of;
use crate::support::{Bench, connect, migrated};

/// A bench on which the statements of Hexado are counted, if the server can.
async fn counting_bench() -> Option<Bench> {
    let database = migrated().await;
    if connect(database.url()).await.batch_execute(COUNT).await.is_err() {
        left_out("statements per use case", "the extension pg_stat_statements");
        return None;
    }
    // What is said when a connection is opened would be counted too.
    Some(Bench::on(database, |options| (options.lanes, options.pool_size) = (0, 1)).await)
}

/// Counts what connections run that are made later.
const COUNT: &str = "CREATE EXTENSION pg_stat_statements;
    DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET pg_stat_statements.track = top', current_database());
    END $$";

impl Bench {
    /// How many statements the database ran for `work`.
    async fn statements(&self, work: impl Future<Output = ()>) -> i64 {
        self.execute("SET pg_stat_statements.track = none").await;
        let count = "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements
                     WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())";
        let before = self.number(count).await;
        work.await;
        self.number(count).await - before
    }
}

async fn create(service: &TaskService, key: Option<&str>) -> Task {
    let attempt = key.map(|key| attempt("ann", key, 1));
    service.create(&actor("ann"), &Owner::Caller, draft("a task"), attempt.as_ref()).await.unwrap().outcome
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_creations_and_deletions_are_one_statement_and_updates_two() {
    let Some(bench) = counting_bench().await else { return };
    let (service, _) = bench.service();
    let (ann, own) = (actor("ann"), Owner::Caller);
    let task = create(&service, None).await;

    let list = async |query: TaskQuery| drop(service.list(&ann, &own, &query).await.unwrap());
    assert_eq!(bench.statements(list(TaskQuery::default())).await, 1);
    let filter =
        TaskFilter { status: StatusFilter::Pending, category: Category::parse("home").ok(), ..TaskFilter::default() };
    assert_eq!(bench.statements(list(TaskQuery { filter, ..TaskQuery::default() })).await, 1);
    assert_eq!(bench.statements(list(TaskQuery { count: true, ..TaskQuery::default() })).await, 2);
    assert_eq!(bench.statements(async { drop(service.find(&ann, &own, task.id).await.unwrap()) }).await, 1);

    for key in [None, Some("key")] {
        assert_eq!(bench.statements(async { drop(create(&service, key).await) }).await, 1);
        let attempt = |name: &str| key.map(|key| attempt("ann", &format!("{key}-{name}"), 1));

        let update = async |completed, attempt: Option<_>| {
            let patch = TaskPatch { completed: Some(completed), ..TaskPatch::default() };
            service.update(&ann, &own, task.id, patch, &Expected::Any, attempt.as_ref()).await.unwrap();
        };
        let done = key.is_none();
        assert_eq!(bench.statements(update(done, attempt("update"))).await, 2);
        let nothing = bench.statements(update(done, attempt("nothing"))).await;
        assert_eq!(nothing, if key.is_some() { 2 } else { 1 });

        let other = create(&service, None).await;
        let attempt = attempt("delete");
        let delete = async {
            service.delete(&ann, &own, other.id, &Expected::Any, attempt.as_ref()).await.unwrap();
        };
        assert_eq!(bench.statements(delete).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn creations_that_come_at_once_are_one_statement_behind_the_first_two() {
    let Some(bench) = counting_bench().await else { return };
    let users: Vec<_> = (0..20).map(|number| format!("user-{number}")).collect();
    bench.register(&users.iter().map(|user| &**user).collect::<Vec<_>>()).await;
    let (service, _) = bench.service();
    let create = async |user: &String| service.create(&actor(user), &Owner::Caller, draft("a task"), None).await;
    // One connection: the second waits for the first, and the others are there before either is back.
    let creations = async { drop(try_join_all(users.iter().map(create)).await.unwrap()) };
    assert_eq!(bench.statements(creations).await, 3);
    assert_eq!(bench.number("SELECT count(DISTINCT user_id) FROM tasks").await, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_task_costs_one_look_more_and_a_deletion_three() {
    let Some(bench) = counting_bench().await else { return };
    let (service, _) = bench.service();
    let (shares, own, bob) = (bench.share_service(), Owner::Caller, actor("bob"));
    let task = create(&service, None).await;
    let grant = async |access| drop(shares.grant(&actor("ann"), &share_of(task.id, "bob"), access).await.unwrap());
    let revoke = async || drop(shares.revoke(&actor("ann"), &share_of(task.id, "bob")).await.unwrap());
    // The task, the sharee; in one transaction the share and the audit record.
    assert_eq!(bench.statements(grant(Access::View)).await, 2 + 4);
    assert_eq!(bench.statements(grant(Access::Edit)).await, 3 + 4);
    assert_eq!(bench.statements(revoke()).await, 2 + 4);
    grant(Access::Edit).await;

    assert_eq!(bench.statements(async { drop(service.find(&bob, &own, task.id).await.unwrap()) }).await, 2);
    let shared = TaskFilter { shared: true, ..TaskFilter::default() };
    let query = TaskQuery { filter: shared, ..TaskQuery::default() };
    assert_eq!(bench.statements(async { drop(service.list(&bob, &own, &query).await.unwrap()) }).await, 1);
    let update = async {
        let patch = TaskPatch { completed: Some(true), ..TaskPatch::default() };
        service.update(&bob, &own, task.id, patch, &Expected::Any, None).await.unwrap();
    };
    assert_eq!(bench.statements(update).await, 3);
    let delete = async {
        service.delete(&actor("ann"), &own, task.id, &Expected::Any, None).await.unwrap();
    };
    assert_eq!(bench.statements(delete).await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_up_is_one_transaction_and_a_session_is_found_with_its_user_by_one_statement() {
    let Some(bench) = counting_bench().await else { return };
    let stores = stores(&bench.postgres);
    let registration = Registration { session: Some(session("cid")), ..registration("cid") };
    let sign_up = async { stores.accounts.register(&registration).await.unwrap() };
    // Begin, sign-up, audit record, commit.
    assert_eq!(bench.statements(sign_up).await, 4);
    let session = session("cid");
    let find = async { assert!(stores.sessions.find(&session.token, noon()).await.unwrap().is_some()) };
    assert_eq!(bench.statements(find).await, 1);
    let find = async { assert!(stores.sessions.find_by_id(&session.id).await.unwrap().is_some()) };
    assert_eq!(bench.statements(find).await, 1);
}
