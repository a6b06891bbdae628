//! The server process: found running, launched, stopped, killed.

mod launch;
mod log;

use std::fs;
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use crate::Error;
use crate::account::Account;
use crate::error::io_error;
use crate::folder::Folder;
use crate::postmaster::{self, PidFile, Process};
use log::Log;

/// How long a start may take that has to recover from a crash first.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long a stop may take, by each way of asking for it.
const STOP_LIMIT: Duration = Duration::from_secs(20);

/// What is needed to deal with the server of one cluster.
pub(crate) struct Control {
    pub(crate) folder: Folder,
    pub(crate) account: Account,
}

/// A server that is running and ready.
pub(crate) struct Server {
    pub(crate) pid: u32,
    pub(crate) port: u16,
    /// Only if this process launched it.
    child: Option<Child>,
}

impl Control {
    /// For the cluster in `folder`, by the account that owns it.
    pub(crate) fn of(folder: Folder) -> Result<Self, Error> {
        let account = Account::for_cluster(Some(folder.path()))?;
        account.check_passable(folder.path())?;
        Ok(Self { folder, account })
    }

    /// The server that runs on this cluster, whoever launched it.
    pub(crate) fn find_running(&self) -> Result<Option<Server>, Error> {
        let data = self.folder.data();
        let deadline = Instant::now() + START_LIMIT;
        while let Some(file) = PidFile::read(&data) {
            match Process::look_up(file.pid, &data) {
                Process::Server => {}
                Process::Postgres => return Ok(None),
                Process::Other => return remove_stale(&data),
            }
            // Neither while it is starting nor while it is stopping.
            if let (true, Some(port)) = (file.ready, file.port) {
                return Ok(Some(Server { pid: file.pid, port, child: None }));
            }
            if Instant::now() > deadline {
                let log = Log::of(&self.folder);
                return Err(Error::DidNotStart { tail: log.tail(0), log: log.path });
            }
            pause();
        }
        Ok(None)
    }

    /// Asks for a fast stop, then for one without a checkpoint, and waits until the server is gone.
    pub(crate) fn stop(&self, mut server: Server) -> Result<(), Error> {
        let asked = [server.pid];
        if self.end(&mut server, "INT", &asked)? || self.end(&mut server, "QUIT", &asked)? {
            return Ok(());
        }
        Err(Error::DidNotStop(server.pid))
    }

    /// Kills the server and its children at once, as a crash would.
    pub(crate) fn kill(&self, mut server: Server) -> Result<(), Error> {
        // Each child of Postgres leads a process group of its own, so they are named one by one.
        let victims = [vec![server.pid], postmaster::children(server.pid)].concat();
        if self.end(&mut server, "KILL", &victims)? { Ok(()) } else { Err(Error::DidNotStop(server.pid)) }
    }

    /// Sends `signal` and waits. Returns whether the server is gone.
    fn end(&self, server: &mut Server, signal: &str, pids: &[u32]) -> Result<bool, Error> {
        let data = self.folder.data();
        // Its number may be another's by now.
        if server.is_gone(&data) {
            return Ok(true);
        }
        self.signal(signal, pids)?;
        let deadline = Instant::now() + STOP_LIMIT;
        while !server.is_gone(&data) {
            if Instant::now() > deadline {
                return Ok(false);
            }
            pause();
        }
        Ok(true)
    }

    /// By the server's account, so that no signal can reach a process of root.
    fn signal(&self, signal: &str, pids: &[u32]) -> Result<(), Error> {
        let shell = Path::new("/bin/sh");
        let mut kill = self.account.command(shell);
        kill.args(["-c", r#"kill -s "$@""#, "kill", signal]).args(pids.iter().map(u32::to_string));
        let output = kill.output().or_else(io_error("run", shell))?;
        // Some of the processes may have ended in the meantime, which kill complains about.
        let said = String::from_utf8_lossy(&output.stderr);
        tracing::debug!(signal, ?pids, said = said.trim(), "signalled the private Postgres");
        Ok(())
    }
}

impl Server {
    /// Lets the server run on without us. A child that ends must be reaped all the same.
    pub(crate) fn leave(self) {
        if let Some(mut child) = self.child {
            thread::spawn(move || child.wait());
        }
    }

    fn is_gone(&mut self, data: &Path) -> bool {
        match &mut self.child {
            Some(child) => !matches!(child.try_wait(), Ok(None)),
            None => Process::look_up(self.pid, data) != Process::Server,
        }
    }
}

/// Removes the `postmaster.pid` of a server that is dead; Postgres does so only if no other process has got its number.
fn remove_stale(data: &Path) -> Result<Option<Server>, Error> {
    let file = data.join("postmaster.pid");
    fs::remove_file(&file).or_else(io_error("remove", file))?;
    Ok(None)
}

fn pause() {
    thread::sleep(Duration::from_millis(5));
}
