//! A database that does not serve for a while, under traffic.

use std::time::{Duration, Instant};

use hexado_devdb::testing::PrivateCluster;
use tokio::time::sleep;

use crate::support::{Answer, Database, Issuer, Mode, Proxy, Question, Server, Traffic, blocking};

/// Every answer comes within 5 s, and readiness fails within 5 s. The rest is for busy machines.
const ANSWERED: Duration = Duration::from_secs(5 + 1);

/// 2 s after the database is back, everybody is served. The rest is for busy machines.
const SERVED: Duration = Duration::from_secs(2 + 1);

/// How long the outage goes on after readiness has failed.
const OUTAGE: Duration = Duration::from_secs(1);

/// How long everybody must be served after the outage.
const AFTER: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_refuses_connections() {
    let scene = Scene::start().await;
    let (down, up) = (async || scene.proxy.set(Mode::Refused), async || scene.proxy.set(Mode::Open));
    scene.survives(down, up, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_hangs_and_goes_on() {
    let scene = Scene::start().await;
    let (down, up) = (async || scene.proxy.set(Mode::Frozen), async || scene.proxy.set(Mode::Open));
    scene.survives(down, up, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_whose_connections_fall_silent_for_ever() {
    let scene = Scene::start().await;
    let (down, up) = (async || scene.proxy.set(Mode::Silent), async || scene.proxy.set(Mode::Open));
    scene.survives(down, up, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_stops_and_starts() {
    let mut cluster = blocking(PrivateCluster::start).await.unwrap();
    let issuer = Issuer::start();
    let server = Server::start(&[("DATABASE_URL", cluster.url()), ("JWKS_URL", &issuer.key_set_url())]).await;
    let mut outage = Outage::prepare(&server, &issuer).await;
    outage.begins();
    cluster = blocking(move || cluster.stop().map(|()| cluster)).await.unwrap();
    outage.is_noticed(&[]).await;
    cluster = blocking(move || cluster.restart().map(|()| cluster)).await.unwrap();
    outage.ends().await;
    server.stop().await;
    drop(cluster);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_turns_read_only_is_still_read() {
    let scene = Scene::start().await;
    let database = scene.database.connect().await;
    let name = scene.database.name();
    // As after a failover to a standby: new connections find a database that takes no writes. Nobody ends them when it
    // takes writes again.
    let down = async || {
        let read_only = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
        database.batch_execute(&read_only).await.unwrap();
        scene.proxy.cut();
    };
    let reset =
        format!("ALTER DATABASE {name} RESET default_transaction_read_only; SET default_transaction_read_only = off");
    let up = async || database.batch_execute(&reset).await.unwrap();
    scene.survives(down, up, &[Question::Read]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_a_free_connection() {
    let mut scene = Scene::start().await;
    let (database, name) = (scene.database.connect().await, scene.database.name().to_owned());
    // No limit holds for superusers, so the server must be another one.
    let role = format!(
        "CREATE ROLE {name} LOGIN PASSWORD 'secret'; GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}; \
         GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {name}"
    );
    database.batch_execute(&role).await.unwrap();
    let (_, place) = scene.proxy.url().split_once('@').unwrap();
    scene.server = scene.issuer.server(&format!("postgres://{name}:secret@{place}")).await;

    let down = async || {
        database.batch_execute(&format!("ALTER ROLE {name} CONNECTION LIMIT 0")).await.unwrap();
        scene.proxy.cut();
    };
    let unlimited = format!("ALTER ROLE {name} CONNECTION LIMIT -1");
    let up = async || database.batch_execute(&unlimited).await.unwrap();
    scene.survives(down, up, &[]).await;
    let gone = format!("DROP OWNED BY {name}; DROP ROLE {name}");
    database.batch_execute(&gone).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_with_a_locked_table() {
    let scene = Scene::start().await;
    let other = scene.database.connect().await;
    let down = async || other.batch_execute("BEGIN; LOCK TABLE tasks").await.unwrap();
    let up = async || other.batch_execute("ROLLBACK").await.unwrap();
    scene.survives(down, up, &[]).await;
}

/// A server with a proxy between it and its database.
struct Scene {
    server: Server,
    proxy: Proxy,
    database: Database,
    issuer: Issuer,
}

impl Scene {
    async fn start() -> Self {
        let (database, issuer) = (Database::migrated().await, Issuer::start());
        let proxy = Proxy::to(database.url()).await;
        let server = issuer.server(proxy.url()).await;
        Self { server, proxy, database, issuer }
    }

    /// All that is promised of an outage. What `still_served` names goes on during it.
    async fn survives(&self, down: impl AsyncFnOnce(), up: impl AsyncFnOnce(), still_served: &[Question]) {
        let mut outage = Outage::prepare(&self.server, &self.issuer).await;
        outage.begins();
        down().await;
        outage.is_noticed(still_served).await;
        up().await;
        outage.ends().await;
    }
}

/// What clients see of an outage.
struct Outage<'a> {
    server: &'a Server,
    issuer: &'a Issuer,
    traffic: Traffic,
    began: Instant,
}

impl<'a> Outage<'a> {
    async fn prepare(server: &'a Server, issuer: &'a Issuer) -> Self {
        Self { server, issuer, traffic: Traffic::start(server, issuer).await, began: Instant::now() }
    }

    fn begins(&mut self) {
        self.began = Instant::now();
    }

    async fn is_noticed(&self, still_served: &[Question]) {
        let noticed = self.traffic.until(self.began, |it| it.question == Question::Ready && it.status == 503).await;
        assert!(noticed < ANSWERED, "readiness fails after {noticed:?}");
        let noticed = Instant::now();
        sleep(OUTAGE).await;
        self.traffic.until_all_are_served(noticed, still_served).await;
        for question in [Question::Read, Question::Write].iter().filter(|it| !still_served.contains(it)) {
            self.traffic.until(self.began, |it| it.question == *question && it.status == 503).await;
        }
    }

    async fn ends(self) {
        let over = Instant::now();
        // Others than those that may still wait for an answer to what they asked during the outage.
        let newcomers = Traffic::start(self.server, self.issuer).await;
        let served = over.elapsed();
        assert!(served < SERVED, "served {served:?} after the end of the outage: {:#?}", newcomers.answers());
        sleep((over + SERVED + AFTER).saturating_duration_since(Instant::now())).await;
        for answer in [self.traffic.answers(), newcomers.answers()].concat() {
            let asked = answer.asked.checked_duration_since(over);
            assert!(answer.is_as_promised(over + SERVED), "asked {asked:?} after the end of the outage: {answer:#?}");
        }
    }
}

impl Answer {
    fn is_as_promised(&self, served_from: Instant) -> bool {
        let in_time = self.took < ANSWERED;
        let fit = match (self.question, self.status) {
            (_, 200 | 201) => true,
            (Question::Live, _) => false,
            (Question::Ready, 503) => self.asked < served_from,
            (Question::Read | Question::Write, 503) => self.explained && self.asked < served_from,
            _ => false,
        };
        in_time && fit
    }
}
