//! Starts a server: with which settings, on which port, and what to do when it does not come up.

use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{Control, Log, START_LIMIT, Server, pause};
use crate::error::io_error;
use crate::postmaster::PidFile;
use crate::programs::Programs;
use crate::{Error, Options, os};

/// How often a launch is tried while what is in its way is likely to go away.
const LAUNCHES: u32 = 10;

/// What the log says about such an obstacle. `LC_ALL=C` makes these messages English.
const PASSING: [&str; 3] = [
    ADDRESS_IN_USE,
    // Children of a killed server are still on their way out.
    "pre-existing shared memory block",
    // A server that a killed start had launched came first.
    "lock file \"postmaster.pid\"",
];

/// Somebody else took the port after we chose it.
const ADDRESS_IN_USE: &str = "Address already in use";

impl Control {
    /// The running server, as it is; else one launched with `options`.
    pub(crate) fn ensure(&self, programs: &Programs, options: &Options) -> Result<Server, Error> {
        let mut tail = String::new();
        for attempt in 0..LAUNCHES {
            if let Some(server) = self.find_running()? {
                return Ok(server);
            }
            let port = options.port.map_or_else(free_port, Ok)?;
            let log = Log::of(&self.folder);
            let before = log.length();
            if let Some(server) = self.launch(programs, port, options)? {
                return Ok(server);
            }
            tail = log.tail(before);
            if !PASSING.iter().any(|message| tail.contains(message)) {
                break;
            }
            thread::sleep(Duration::from_millis(25) * attempt);
        }
        match options.port {
            Some(port) if tail.contains(ADDRESS_IN_USE) => Err(Error::PortTaken(port)),
            _ => Err(Error::DidNotStart { log: self.folder.log(), tail }),
        }
    }

    /// Launches a server and waits until it is ready; `None` if it ended instead.
    fn launch(&self, programs: &Programs, port: u16, options: &Options) -> Result<Option<Server>, Error> {
        let mut child =
            self.postgres(programs, port, options)?.spawn().or_else(io_error("run", programs.postgres()))?;
        let pid = child.id();
        let data = self.folder.data();
        let deadline = Instant::now() + START_LIMIT;
        while Instant::now() < deadline {
            if child.try_wait().or_else(io_error("wait for", programs.postgres()))?.is_some() {
                return Ok(None);
            }
            if PidFile::read(&data).is_some_and(|file| file.pid == pid && file.ready) {
                return Ok(Some(Server { pid, port, child: Some(child) }));
            }
            pause();
        }
        self.kill(Server { pid, port, child: Some(child) })?;
        Ok(None)
    }

    fn postgres(&self, programs: &Programs, port: u16, options: &Options) -> Result<Command, Error> {
        let (stdout, stderr) = Log::of(&self.folder).open(&self.account)?;
        let mut command = self.account.command(&programs.postgres());
        command.arg("-D").arg(self.folder.data()).stdout(Stdio::from(stdout)).stderr(Stdio::from(stderr));
        for setting in settings(port, options, programs.has_library("pg_stat_statements", &self.account)) {
            command.args(["-c", &setting]);
        }
        os::leave_process_group(&mut command);
        Ok(command)
    }
}

fn settings(port: u16, options: &Options, count_statements: bool) -> Vec<String> {
    let mut settings = vec![format!("port={port}")];
    let mut set = |fixed: &[&str]| settings.extend(fixed.iter().map(|&setting| setting.to_owned()));
    // No socket: its path may be 107 bytes long at most, less than that of many a folder.
    set(&["listen_addresses=127.0.0.1", "unix_socket_directories="]);
    // Small, and without what only replicas and backups need.
    set(&[
        "shared_buffers=64MB",
        "wal_level=minimal",
        "max_wal_senders=0",
        "max_wal_size=256MB",
        "log_checkpoints=off",
    ]);
    if options.durable {
        set(&["max_connections=200"]);
    } else {
        set(&["max_connections=400", "fsync=off", "synchronous_commit=off", "full_page_writes=off"]);
        // DROP DATABASE waits for every connection that is being made; a test that ends may leave one half made.
        set(&["authentication_timeout=1s"]);
    }
    if count_statements {
        set(&["shared_preload_libraries=pg_stat_statements"]);
        if !options.durable {
            // Only where a test asks for it, and only in this run: what all tests run is more than is remembered, and who
            // counts would lose some.
            set(&["pg_stat_statements.track=none", "pg_stat_statements.save=off"]);
        }
    }
    settings
}

fn free_port() -> Result<u16, Error> {
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    Ok(address.or_else(io_error("choose a port on", "127.0.0.1"))?.port())
}
