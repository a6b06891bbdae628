//! Writers that retry until they are answered, while servers and databases are killed under them.

mod audit;
mod writer;

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hexado_devdb::testing::PrivateCluster;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_postgres::{Client, NoTls};

use crate::support::{Issuer, Mode, Proxy, Server, blocking, connect, free_port};
use audit::Verdict;
use writer::Writer;

/// How often something is killed, if `cargo xtask test --faults` does not say it: each kind of fault once.
const FEW_ROUNDS: usize = Fault::ALL.len();

/// What else `cargo xtask test --faults` says.
const ROUNDS: &str = "XTASK_FAULT_ROUNDS";

/// Two of them write the tasks of the same user. So many that writes of several users go together.
const WRITERS: usize = 32;

/// How many writes are answered between two faults at least, so that each fault meets writes under way.
const WRITES_BETWEEN: u64 = 50;

/// Far more than recovery takes; reached only by what never happens.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn no_answered_write_is_lost_doubled_or_undone_whatever_is_killed() {
    let mut world = World::start().await;
    let (answered, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let mut writers = JoinSet::new();
    for number in 0..WRITERS {
        let user = format!("user-{}", number / 2);
        let writer = Writer::new(&world.server.url, &user, &world.issuer.token(&user), number);
        writers.spawn(writer.write_until(Arc::clone(&stop), Arc::clone(&answered)));
    }

    let (rounds, started) = (rounds(), Instant::now());
    for round in 0..rounds {
        let before = answered.load(Ordering::Relaxed);
        let deadline = Instant::now() + PATIENCE;
        while answered.load(Ordering::Relaxed) < before + WRITES_BETWEEN {
            assert!(Instant::now() < deadline && writers.try_join_next().is_none(), "nobody is answered any more");
            sleep(Duration::from_millis(5)).await;
        }
        // Never at the same point of what the writers do.
        sleep(Duration::from_millis(round as u64 * 37 % 100)).await;
        world = world.suffer(Fault::ALL[round % Fault::ALL.len()]).await;
    }
    stop.store(true, Ordering::Relaxed);
    let mut writers = writers.join_all().await;
    let took = started.elapsed();

    // Once more what was answered long ago: nothing may happen.
    for writer in &mut writers {
        writer.repeat_the_last().await;
    }
    let verdict = Verdict::find(&world.database().await, &writers).await;
    eprintln!("{rounds} faults in {took:.0?}: {verdict}");
    assert!(verdict.is_clean(), "{verdict}");
    world.server.stop().await;
}

fn rounds() -> usize {
    #[expect(clippy::disallowed_methods, reason = "the runner's word to this test, no configuration of Hexado")]
    std::env::var(ROUNDS).map_or(FEW_ROUNDS, |rounds| rounds.parse().unwrap())
}

/// What happens to the world between two writes.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// `kill -9` of the server, which starts again.
    KillServer,
    /// `kill -9` of the whole PostgreSQL, which recovers from its log.
    KillPostgres,
    /// `kill -9` of the process behind one connection: PostgreSQL ends all others and recovers by itself.
    KillBackend,
    /// All connections of the server to its database break.
    CutConnections,
    /// Server and PostgreSQL at the same time.
    KillBoth,
}

impl Fault {
    const ALL: [Self; 5] =
        [Self::KillServer, Self::KillPostgres, Self::KillBackend, Self::CutConnections, Self::KillBoth];
}

struct World {
    server: Server,
    proxy: Proxy,
    cluster: PrivateCluster,
    issuer: Issuer,
}

impl World {
    async fn start() -> Self {
        let cluster = blocking(PrivateCluster::start).await.unwrap();
        let (proxy, issuer) = (Proxy::to(cluster.url()).await, Issuer::start());
        let server = start_server(free_port(), &proxy, &issuer).await;
        let world = Self { server, proxy, cluster, issuer };
        // Without these two, PostgreSQL itself promises nothing.
        for setting in ["fsync", "synchronous_commit"] {
            let value = world.database().await.query_one(&format!("SHOW {setting}"), &[]).await.unwrap();
            assert_eq!(value.get::<_, &str>(0), "on", "{setting}");
        }
        world
    }

    async fn database(&self) -> Client {
        connect(self.cluster.url()).await
    }

    /// Returns when everything runs again.
    async fn suffer(mut self, fault: Fault) -> Self {
        match fault {
            Fault::KillServer => self.kill_server().await,
            Fault::KillPostgres => self.cluster = restarted(crashed(self.cluster).await).await,
            Fault::KillBackend => self.kill_backend().await,
            Fault::CutConnections => self.proxy.cut(),
            Fault::KillBoth => {
                self.server.signal("KILL");
                self.cluster = restarted(crashed(self.cluster).await).await;
                self.kill_server().await;
            }
        }
        self.server.wait_until_ready().await;
        self
    }

    async fn kill_server(&mut self) {
        self.server.signal("KILL");
        self.server.wait().await;
        self.server = start_server(self.server.port, &self.proxy, &self.issuer).await;
    }

    async fn kill_backend(&self) {
        let busiest = "SELECT pid FROM pg_stat_activity WHERE application_name = 'hexado' \
            ORDER BY state = 'active' DESC, state_change DESC LIMIT 1";
        let busiest: i32 = self.database().await.query_one(busiest, &[]).await.unwrap().get(0);
        assert!(Command::new("kill").args(["-s", "KILL", &busiest.to_string()]).status().unwrap().success());
        let deadline = Instant::now() + PATIENCE;
        while tokio_postgres::connect(self.cluster.url(), NoTls).await.is_err() {
            assert!(Instant::now() < deadline, "PostgreSQL does not recover");
            sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn start_server(port: u16, proxy: &Proxy, issuer: &Issuer) -> Server {
    proxy.set(Mode::Open);
    let (port, key_set) = (port.to_string(), issuer.key_set_url());
    Server::start(&[("PORT", port.as_str()), ("DATABASE_URL", proxy.url()), ("JWKS_URL", &key_set)]).await
}

async fn crashed(mut cluster: PrivateCluster) -> PrivateCluster {
    blocking(move || cluster.crash().map(|()| cluster)).await.unwrap()
}

async fn restarted(mut cluster: PrivateCluster) -> PrivateCluster {
    blocking(move || cluster.restart().map(|()| cluster)).await.unwrap()
}
