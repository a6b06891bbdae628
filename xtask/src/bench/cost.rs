use std::fs;
use std::ops::Sub;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::runtime::{self, Runtime};
use tokio_postgres::{Client, NoTls};

/// The unit of times in `/proc`: `USER_HZ`, 100 a second on every Linux that matters.
const TICK: Duration = Duration::from_millis(10);

/// The processes whose use of this machine is measured.
pub(super) struct Processes {
    server: u32,
    postmaster: u32,
    runtime: Runtime,
    database: Client,
}

/// CPU time, user and system together, and statements, where Postgres can count them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) server: Duration,
    pub(super) postgres: Duration,
    pub(super) statements: Option<i64>,
}

const STATEMENTS: &str = "SELECT sum(calls)::bigint FROM pg_stat_statements WHERE query !~ 'pg_stat_statements'";

impl Processes {
    /// The server's, and those of the Postgres at `url`, which runs on this machine.
    pub(super) fn find(server: u32, url: &str) -> Result<Self> {
        let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let (database, backend) = runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
            tokio::spawn(connection);
            // Not every Postgres has it; then statements are not counted.
            let _ = client.batch_execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements").await;
            let backend: i32 = client.query_one("SELECT pg_backend_pid()", &[]).await?.try_get(0)?;
            anyhow::Ok((client, backend))
        })?;
        // Every backend is a child of the postmaster, and ours lives as long as its client.
        Ok(Self { server, postmaster: Stat::read(u32::try_from(backend)?)?.parent, runtime, database })
    }

    /// Bytes that the server has in memory.
    pub(super) fn memory(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.server)).context("there is no such process")?;
        resident(&status).context("/proc has another form than Linux gives it")
    }

    /// What they have used since they started.
    pub(super) fn used(&self) -> Result<Used> {
        let postmaster = Stat::read(self.postmaster)?;
        let mut postgres = postmaster.own + postmaster.of_ended_children;
        for entry in fs::read_dir("/proc")?.flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            // A process may end while we look.
            if let Ok(stat) = Stat::read(pid)
                && stat.parent == self.postmaster
            {
                postgres += stat.own;
            }
        }
        let counted = self.runtime.block_on(self.database.query_one(STATEMENTS, &[]));
        let statements = counted.ok().and_then(|row| row.try_get(0).ok());
        Ok(Used { server: Stat::read(self.server)?.own, postgres, statements })
    }
}

impl Sub for Used {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            server: self.server.saturating_sub(before.server),
            postgres: self.postgres.saturating_sub(before.postgres),
            statements: self.statements.zip(before.statements).map(|(now, before)| now - before),
        }
    }
}

/// From `/proc/<pid>/stat`; see proc(5).
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    parent: u32,
    own: Duration,
    of_ended_children: Duration,
}

impl Stat {
    fn read(pid: u32) -> Result<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).context("there is no such process")?;
        Self::parse(&text).context("/proc has another form than Linux gives it")
    }

    fn parse(text: &str) -> Option<Self> {
        // The second field is the program's name in parentheses, which may have spaces and parentheses in it.
        let (_, rest) = text.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        let ticks = |field: usize| Some(TICK * fields.get(field - 3)?.parse::<u32>().ok()?);
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            own: ticks(14)? + ticks(15)?,
            of_ended_children: ticks(16)? + ticks(17)?,
        })
    }
}

/// From `/proc/<pid>/status`; see proc(5).
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(1024 * line.trim().strip_suffix(" kB")?.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_bytes() {
        assert_eq!(resident("Name:\thexado\nVmHWM:\t   40 kB\nVmRSS:\t   28936 kB\n"), Some(28936 * 1024));
        assert_eq!(resident("Name:\thexado\n"), None);
    }

    #[test]
    fn times_are_read_from_the_fields_that_proc_documents() {
        let text = "4711 (a) name (b) S 42 1 1 0 -1 4194560 1 2 3 4 150 50 30 20 20 0 1 0 99 0 0";
        let expected = Stat { parent: 42, own: Duration::from_secs(2), of_ended_children: Duration::from_millis(500) };
        assert_eq!(Stat::parse(text), Some(expected));
    }

    #[test]
    fn this_process_has_a_parent() {
        assert_eq!(Stat::read(std::process::id()).unwrap().parent, std::os::unix::process::parent_id());
    }
}
