//! What can only be seen from inside: which statements a connection keeps prepared.

use diesel::dsl::sql;
use diesel::sql_types::BigInt;
use futures_util::future::join_all;
use hexado_devdb::testing::TestDatabase;
use hexado_domain::audit::Action;
use hexado_domain::error::StoreError;
use hexado_domain::health::Probe;
use hexado_domain::id::UserId;
use hexado_domain::idempotency::Attempt;
use hexado_domain::identity::{Opening, SessionStore, UserStore};
use hexado_domain::task::share::{Access, Granted, Share, ShareChange, ShareStore, Sharing};
use hexado_domain::task::{
    Category, Expected, Priority, SearchWords, SortField, StatusFilter, Task, TaskChange, TaskCreation, TaskDeletion,
    TaskFilter, TaskOutcome, TaskPatch, TaskQuery, TaskSort, TaskStore, rules,
};
use hexado_domain::testing::fixtures::{
    attempt, auth_event, draft, new_user, noon, session, share_event, title, user_id,
};

use crate::{Options, PgProbe, PgSessionStore, PgTaskStore, PgUserStore, Postgres, migrate};

/// A database with one user, reached by one connection.
struct Bench {
    postgres: Postgres,
    tasks: PgTaskStore,
    users: PgUserStore,
    /// Different from one attempt to the next.
    keys: std::cell::Cell<u32>,
    _database: TestDatabase,
}

impl Bench {
    async fn new() -> Self {
        let database = TestDatabase::create("hexado_empty", async |_: &str| Ok::<_, StoreError>(())).await.unwrap();
        let options = Options::parse(database.url(), false).unwrap();
        migrate::run(&options).await.unwrap();
        let postgres = Postgres::connect(Options { pool_size: 1, lanes: 0, ..options });
        let (tasks, users) = (PgTaskStore::new(&postgres), PgUserStore::new(&postgres));
        users.register(&new_user("ann")).await.unwrap();
        Self { postgres, tasks, users, keys: std::cell::Cell::new(0), _database: database }
    }

    async fn prepared(&self) -> i64 {
        let count = diesel::select(sql::<BigInt>("(SELECT count(*) FROM pg_prepared_statements)"));
        self.postgres.db().search(&count).await.unwrap()[0]
    }

    /// Fails unless `work` leaves as many statements prepared when it is done once, and none more when it is done again.
    async fn assert_prepares(&self, expected: i64, what: &str, work: impl AsyncFn()) {
        let before = self.prepared().await;
        work().await;
        assert_eq!(self.prepared().await - before, expected, "{what}, the first time");
        work().await;
        assert_eq!(self.prepared().await - before, expected, "{what}, the second time");
    }

    fn attempt(&self, keyed: bool) -> Option<Attempt> {
        self.keys.set(self.keys.get() + 1);
        keyed.then(|| attempt("ann", &self.keys.get().to_string(), 1))
    }

    async fn create(&self, attempt: Option<&Attempt>) -> Task {
        let creation = TaskCreation::new(user_id("ann"), draft("a task"), noon());
        self.tasks.create(&creation, attempt).await.unwrap()
    }

    async fn sharing(&self, task: &Task) -> Sharing {
        self.tasks.find_for_write(&task.user_id, task.id, None).await.unwrap().sharing
    }

    async fn share(&self, task: &Task, sharee: &UserId, attempt: Option<Attempt>) {
        let share = Share { user_id: sharee.clone(), access: Access::Edit, created_at: noon() };
        let grant = share_change(task, &self.sharing(task).await, Granted { share, is_new: true });
        self.tasks.grant(&grant, attempt.as_ref()).await.unwrap();
    }

    async fn list(&self, query: &TaskQuery) {
        self.tasks.list(&user_id("ann"), query).await.unwrap();
    }
}

fn share_change<T>(task: &Task, sharing: &Sharing, outcome: T) -> ShareChange<T> {
    ShareChange {
        task_id: task.id,
        owner: task.user_id.clone(),
        made_from: sharing.revision,
        expected: Expected::Any,
        outcome,
        event: share_event(&task.user_id, task.id),
    }
}

#[tokio::test]
async fn each_write_is_prepared_once() {
    let bench = Bench::new().await;
    for keyed in [false, true] {
        let create = async || drop(bench.create(bench.attempt(keyed).as_ref()).await);
        // One statement for both.
        bench.assert_prepares(i64::from(!keyed), "a creation", create).await;

        let task = std::cell::RefCell::new(bench.create(None).await);
        let update = async || {
            let text = if task.borrow().title.as_str() == "one" { "other" } else { "one" };
            let patch = TaskPatch { title: Some(title(text)), ..TaskPatch::default() };
            let change = rules::update(&task.borrow(), patch, &Expected::Any, noon()).unwrap().unwrap();
            let updated = bench.tasks.update(&change, bench.attempt(keyed).as_ref()).await.unwrap();
            task.replace(updated);
        };
        bench.assert_prepares(1, "an update", update).await;

        let delete = async || {
            let (user_id, id) = (user_id("ann"), task.borrow().id);
            let (expected, sharing) = (Expected::Any, Sharing::default());
            let deletion = TaskDeletion { user_id, id, expected, sharing, at: noon() };
            bench.tasks.delete(&deletion, bench.attempt(keyed).as_ref()).await.unwrap();
        };
        bench.assert_prepares(1, "a deletion", delete).await;
    }
    let outcome = TaskOutcome::Saved(bench.create(None).await);
    let record = async || bench.tasks.record(&bench.attempt(true).unwrap(), &outcome).await.unwrap();
    bench.assert_prepares(1, "a record", record).await;
}

#[tokio::test]
async fn updates_of_many_are_prepared_once() {
    let bench = Bench::new().await;
    let users = ["ann", "bob", "cid", "dan", "eve"].map(user_id);
    let mut tasks = Vec::new();
    for user in &users {
        if user.as_str() != "ann" {
            bench.users.register(&new_user(user.as_str())).await.unwrap();
        }
        let creation = TaskCreation::new(user.clone(), draft("a task"), noon());
        tasks.push(bench.tasks.create(&creation, None).await.unwrap());
    }
    let tasks = std::cell::RefCell::new(tasks);
    // Two go alone, the others together; those two are prepared already.
    let update = async || {
        let completed = |task: &Task| TaskPatch { completed: Some(!task.is_completed()), ..TaskPatch::default() };
        let change = |task: &Task| rules::update(task, completed(task), &Expected::Any, noon()).unwrap().unwrap();
        let changes: Vec<_> = tasks.borrow().iter().map(change).collect();
        let updated = join_all(changes.iter().map(|change| bench.tasks.update(change, None))).await;
        tasks.replace(updated.into_iter().map(Result::unwrap).collect());
    };
    let one = rules::update(
        &tasks.borrow()[0],
        TaskPatch { completed: Some(true), ..TaskPatch::default() },
        &Expected::Any,
        noon(),
    );
    tasks.borrow_mut()[0] = bench.tasks.update(&one.unwrap().unwrap(), None).await.unwrap();
    bench.assert_prepares(1, "updates", update).await;
}

#[tokio::test]
async fn each_write_of_a_share_or_a_shared_task_is_prepared_once() {
    let bench = Bench::new().await;
    let bob = bench.users.register(&new_user("bob")).await.unwrap().id;
    let revoke = async |task: &Task, attempt: Option<Attempt>| {
        let revocation = share_change(task, &bench.sharing(task).await, bob.clone());
        bench.tasks.revoke(&revocation, attempt.as_ref()).await.unwrap();
    };
    let task = bench.create(None).await;
    bench.share(&task, &bob, None).await;
    revoke(&task, None).await;
    for keyed in [false, true] {
        let task = bench.create(None).await;
        let grant = async || bench.share(&task, &bob, bench.attempt(keyed)).await;
        bench.assert_prepares(i64::from(keyed), "a grant", grant).await;

        let task = std::cell::RefCell::new(task);
        let update = async || {
            let completed = Some(!task.borrow().is_completed());
            let patch = TaskPatch { completed, ..TaskPatch::default() };
            let change = rules::update(&task.borrow(), patch, &Expected::Any, noon()).unwrap().unwrap();
            let change = TaskChange { sharing: bench.sharing(&change.task).await, ..change };
            let updated = bench.tasks.update(&change, bench.attempt(keyed).as_ref()).await.unwrap();
            task.replace(updated);
        };
        bench.assert_prepares(1, "an update", update).await;

        let grant_and_revoke = async || {
            let task = bench.create(None).await;
            bench.share(&task, &bob, None).await;
            revoke(&task, bench.attempt(keyed)).await;
        };
        bench.assert_prepares(i64::from(keyed), "a revocation", grant_and_revoke).await;

        let delete = async || {
            let task = bench.create(None).await;
            bench.share(&task, &bob, None).await;
            let (user_id, id, sharing) = (task.user_id.clone(), task.id, bench.sharing(&task).await);
            let deletion = TaskDeletion { user_id, id, expected: Expected::Any, sharing, at: noon() };
            assert!(bench.tasks.delete(&deletion, bench.attempt(keyed).as_ref()).await.unwrap());
        };
        bench.assert_prepares(1, "a deletion", delete).await;
    }
    let filter = TaskFilter { shared: true, ..TaskFilter::default() };
    let query = TaskQuery { filter, ..TaskQuery::default() };
    bench.assert_prepares(1, "a list of shared tasks", async || bench.list(&query).await).await;
}

#[tokio::test]
async fn each_read_is_prepared_once() {
    let bench = Bench::new().await;
    let (ann, task) = (user_id("ann"), bench.create(None).await);
    let attempt = attempt("ann", "key", 1);
    let find = async || drop(bench.tasks.find(&ann, task.id).await.unwrap());
    bench.assert_prepares(1, "a task", find).await;
    let find = async || drop(bench.tasks.find_for_write(&ann, task.id, Some(&attempt)).await.unwrap());
    bench.assert_prepares(1, "a basis for a write", find).await;
    let find = async || drop(bench.tasks.recorded(&attempt).await.unwrap());
    bench.assert_prepares(1, "a record", find).await;
    let find = async || drop(bench.users.find(&ann).await.unwrap());
    bench.assert_prepares(1, "a user", find).await;
    let probe = async || assert!(PgProbe::new(&bench.postgres).round_trip().await.is_ok());
    bench.assert_prepares(1, "a probe", probe).await;

    let query = TaskQuery::default();
    bench.assert_prepares(1, "a list", async || bench.list(&query).await).await;
    let by_due = TaskSort { field: SortField::DueAt, descending: false };
    let pending = TaskFilter { status: StatusFilter::Pending, ..TaskFilter::default() };
    let query = TaskQuery { sort: by_due, filter: pending, ..TaskQuery::default() };
    bench.assert_prepares(1, "what is due next", async || bench.list(&query).await).await;

    let counted = |filter| TaskQuery { filter, count: true, ..TaskQuery::default() };
    let query = counted(TaskFilter { category: Category::parse("home").ok(), ..TaskFilter::default() });
    bench.assert_prepares(2, "a category and its total", async || bench.list(&query).await).await;
    let query = counted(TaskFilter { priority: Some(Priority::High), ..TaskFilter::default() });
    bench.assert_prepares(2, "a priority and its total", async || bench.list(&query).await).await;
}

#[tokio::test]
async fn what_each_request_with_a_session_needs_is_prepared_once() {
    let bench = Bench::new().await;
    let sessions = PgSessionStore::new(&bench.postgres);
    let session = session("ann");
    let opening = Opening {
        session: session.clone(),
        compared: None,
        rehash: None,
        lift_ban: false,
        renewal: None,
        event: auth_event(Action::SignedIn, "ann"),
    };
    sessions.open(&opening).await.unwrap();
    let find = async || assert!(sessions.find(&session.token, noon()).await.unwrap().is_some());
    bench.assert_prepares(1, "a session by its token", find).await;
    let find = async || assert!(sessions.find_by_id(&session.id).await.unwrap().is_some());
    bench.assert_prepares(1, "a session by its id", find).await;
}

#[tokio::test]
async fn what_has_thousands_of_forms_does_not_stay_prepared() {
    let bench = Bench::new().await;
    let words = TaskFilter { words: SearchWords::parse("milk").ok(), ..TaskFilter::default() };
    let query = TaskQuery { filter: words, count: true, ..TaskQuery::default() };
    bench.assert_prepares(0, "a search and its total", async || bench.list(&query).await).await;
    let by_title = TaskSort { field: SortField::Title, descending: false };
    let query = TaskQuery { sort: by_title, ..TaskQuery::default() };
    bench.assert_prepares(0, "a list by title", async || bench.list(&query).await).await;
}
