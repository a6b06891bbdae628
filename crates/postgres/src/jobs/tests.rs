//! The contract of the queue. It runs here because only this crate can queue jobs.

use async_trait::async_trait;
use diesel::result::Error::RollbackTransaction;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};
use hexado_devdb::testing::TestDatabase;
use hexado_domain::testing::fixtures::{mail, noon};
use hexado_domain::testing::job_queue_contract::{self as contract, Bench as _};

use super::*;
use crate::statement::Statement as _;
use crate::{Options, migrate};

/// Queues jobs with whatever else the transaction of this connection changes.
async fn enqueue(conn: &AsyncPgConnection, jobs: &[NewJob]) -> QueryResult<()> {
    let _: Vec<i64> = Enqueue(&NewJobs::of(jobs)).rows(conn).await?;
    Ok(())
}

struct Bench {
    queue: PgJobQueue,
    _database: TestDatabase,
}

impl Bench {
    async fn new() -> Self {
        let database = TestDatabase::create("hexado_empty", async |_: &str| Ok::<_, StoreError>(())).await.unwrap();
        let options = Options::parse(database.url(), false).unwrap();
        migrate::run(&options).await.unwrap();
        Self { queue: PgJobQueue::new(&Postgres::connect(options)), _database: database }
    }

    /// Queues a job in a transaction that ends as told.
    async fn enqueue_in_transaction(&self, commits: bool) {
        let mut conn = self.queue.db.check_out(self.queue.db.deadline()).await.unwrap();
        let result = conn
            .transaction(async |conn| {
                enqueue(conn, &[NewJob::mail(mail("ann"), noon())]).await?;
                if commits { Ok(()) } else { Err(RollbackTransaction) }
            })
            .await;
        assert_eq!(result.is_ok(), commits);
    }

    async fn execute(&self, sql: &str) {
        let mut conn = self.queue.db.check_out(self.queue.db.deadline()).await.unwrap();
        conn.batch_execute(sql).await.unwrap();
    }

    async fn texts(&self, sql: &str) -> Vec<String> {
        let texts = diesel::select(diesel::dsl::sql::<Text>(&format!("({sql})")));
        self.queue.db.search(&texts).await.unwrap()
    }

    async fn claim(&self) -> Result<Option<ClaimedJob>, StoreError> {
        self.queue.claim(noon(), TimeDelta::minutes(2)).await
    }
}

#[async_trait]
impl contract::Bench for Bench {
    fn queue(&self) -> &dyn JobQueue {
        &self.queue
    }

    async fn enqueue(&self, jobs: &[NewJob]) {
        let conn = self.queue.db.check_out(self.queue.db.deadline()).await.unwrap();
        enqueue(&conn, jobs).await.unwrap();
    }
}

macro_rules! tests {
    ($($clause:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $clause() {
                contract::$clause(&Bench::new().await).await;
            }
        )*
    };
}

hexado_domain::job_queue_clauses!(tests);

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_there_if_and_only_if_its_transaction_commits() {
    let bench = Bench::new().await;
    bench.enqueue_in_transaction(false).await;
    assert_eq!(bench.claim().await.unwrap(), None);
    bench.enqueue_in_transaction(true).await;
    assert!(bench.claim().await.unwrap().is_some());
    bench.enqueue(&[]).await;
    assert_eq!(bench.claim().await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_only_a_newer_version_knows_is_left_to_it() {
    let bench = Bench::new().await;
    bench.execute("INSERT INTO jobs (kind, payload, not_before) VALUES ('fax', '{}', '2020-01-01')").await;
    assert_eq!(bench.claim().await.unwrap(), None);
    assert_eq!(Job::KINDS, [Job::Mail(mail("ann")).kind()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_cannot_be_read_is_buried_and_the_next_one_done() {
    let bench = Bench::new().await;
    bench.execute("INSERT INTO jobs (kind, payload, not_before) VALUES ('mail', '{\"to\": 7}', '2020-01-01')").await;
    bench.enqueue(&[NewJob::mail(mail("ann"), noon())]).await;
    assert!(matches!(bench.claim().await, Err(StoreError::Unexpected(_))));
    assert!(bench.claim().await.unwrap().is_some());
    let errors = bench.texts("SELECT string_agg(last_error, ', ') FROM jobs WHERE buried_at IS NOT NULL").await;
    assert!(errors.len() == 1 && errors[0].starts_with("it cannot be read"), "{errors:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_job_failed_is_kept_with_it() {
    let bench = Bench::new().await;
    bench.enqueue(&[NewJob::mail(mail("ann"), noon()), NewJob::mail(mail("bob"), noon())]).await;
    let [first, second] = [bench.claim().await, bench.claim().await].map(|claimed| claimed.unwrap().unwrap().claim);
    bench.queue.retry(first, noon(), "451 later").await.unwrap();
    bench.queue.bury(second, noon(), "550 never").await.unwrap();
    let kept = bench.texts("SELECT string_agg(last_error, ', ' ORDER BY id) FROM jobs").await;
    assert_eq!(kept, ["451 later, 550 never"]);
}
