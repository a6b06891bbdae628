//! What Postgres' own `postmaster.pid` tells about a server that we did not start ourselves.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The lines of `postmaster.pid` that matter here.
///
/// Line 1 is the process, 4 the port, 8 the state; the file grows while the server starts.
#[derive(Debug)]
pub(crate) struct PidFile {
    pub(crate) pid: u32,
    pub(crate) port: Option<u16>,
    pub(crate) ready: bool,
}

impl PidFile {
    pub(crate) fn read(data: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(data.join("postmaster.pid")).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let line = |number: usize| text.lines().nth(number - 1).map(str::trim);
        Some(Self {
            pid: line(1)?.parse().ok()?,
            port: line(4).and_then(|port| port.parse().ok()),
            ready: line(8) == Some("ready"),
        })
    }
}

/// What the process of a `postmaster.pid` turns out to be.
///
/// A process with that number proves little: after a restart of the machine or the container it may be any other one,
/// and a dead server that nobody has reaped counts as running for everybody who only asks the kernel, Postgres
/// included.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Process {
    /// The server of this data folder.
    Server,
    /// Postgres, but it does not say for which folder: for Postgres itself to judge.
    Postgres,
    /// Gone, dead but not reaped, or another program.
    Other,
}

impl Process {
    pub(crate) fn look_up(pid: u32, data: &Path) -> Self {
        Self::judge(&command_line(pid), data)
    }

    fn judge(command: &[u8], data: &Path) -> Self {
        let data = data.as_os_str().as_encoded_bytes();
        let program = command.split(|byte| b"\0 \n".contains(byte)).next().unwrap_or_default();
        if !program.ends_with(b"postgres") && !program.ends_with(b"postmaster") {
            Self::Other
        } else if command.windows(data.len()).any(|part| part == data) {
            Self::Server
        } else {
            Self::Postgres
        }
    }
}

/// The command line of a process; empty if it has none (any more).
fn command_line(pid: u32) -> Vec<u8> {
    if Path::new("/proc/self/cmdline").exists() {
        return fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    }
    let mut ps = Command::new("ps");
    ps.args(["-ww", "-o", "command=", "-p"]).arg(pid.to_string()).stderr(Stdio::null());
    ps.output().map(|output| output.stdout).unwrap_or_default()
}

/// The processes that `pid` has started.
pub(crate) fn children(pid: u32) -> Vec<u32> {
    let table = Command::new("ps").args(["-A", "-o", "pid=", "-o", "ppid="]).output();
    let table = table.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let pairs = table.lines().filter_map(|line| {
        let mut numbers = line.split_whitespace().map(str::parse::<u32>);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    });
    pairs.filter(|&(_, parent)| parent == pid).map(|(child, _)| child).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_still_being_written_is_not_ready() {
        let file = PidFile::parse("42\n/data\n1700000000\n").unwrap();
        assert_eq!((file.pid, file.port, file.ready), (42, None, false));
    }

    #[test]
    fn a_complete_file_tells_process_port_and_state() {
        let file = PidFile::parse("42\n/data\n1700000000\n5433\n\n127.0.0.1\n   123  0\nready   \n").unwrap();
        assert_eq!((file.pid, file.port, file.ready), (42, Some(5433), true));
    }

    #[test]
    fn an_empty_file_names_no_process() {
        assert!(PidFile::parse("").is_none());
    }

    #[test]
    fn the_server_of_a_folder_is_known_by_its_command_line() {
        let server = b"/usr/lib/postgresql/15/bin/postgres\0-D\0/srv/pg15/data\0-c\0port=5433\0";
        assert_eq!(Process::judge(server, Path::new("/srv/pg15/data")), Process::Server);
        assert_eq!(Process::judge(server, Path::new("/home/pg15/data")), Process::Postgres);
    }

    #[test]
    fn neither_the_dead_nor_a_program_that_only_mentions_the_folder_is_a_server() {
        for command in [&b""[..], b"tail\0/srv/pg15/data/postgres\0", b"postgres: walwriter \0"] {
            assert_eq!(Process::judge(command, Path::new("/srv/pg15/data")), Process::Other);
        }
    }
}
