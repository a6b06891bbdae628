use std::fmt;
use std::time::SystemTime;

use prometheus_client::registry::Unit;

use super::sample::{Samples, Source};

/// This process, by the names that Prometheus's own client libraries use. What the operating system does not tell in
/// Linux's way is left out.
pub(super) struct Process {
    started: SystemTime,
}

impl Process {
    /// One that starts now.
    #[expect(clippy::disallowed_methods, reason = "the process starts by the operating system's clock")]
    pub(super) fn of_now() -> Self {
        Self { started: SystemTime::now() }
    }
}

impl Source for Process {
    fn tell(&self, samples: &mut Samples<'_>) -> fmt::Result {
        let started = self.started.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        samples.gauge_in(&Unit::Seconds, "process_start_time", "When the process started, since 1970", started)?;
        if let Some(seconds) = linux::cpu_seconds() {
            samples.counter_in(&Unit::Seconds, "process_cpu", "CPU time in user and system mode", seconds)?;
        }
        let status = linux::status();
        for (name, help, entry) in [
            ("process_resident_memory", "Memory in RAM", "VmRSS"),
            ("process_virtual_memory", "Address space", "VmSize"),
        ] {
            if let Some(kibibytes) = linux::number_in(&status, entry) {
                samples.gauge_in(&Unit::Bytes, name, help, kibibytes * 1024)?;
            }
        }
        if let Some(threads) = linux::number_in(&status, "Threads") {
            samples.gauge("process_threads", "Threads", threads)?;
        }
        if let Some(open) = linux::open_files() {
            samples.gauge("process_open_fds", "Open files and sockets", open)?;
        }
        match linux::max_open_files() {
            Some(max) => samples.gauge("process_max_fds", "Open files and sockets at most", max),
            None => Ok(()),
        }
    }
}

/// Nothing of this is found on other systems.
mod linux {
    use std::fs;

    /// What `/proc` counts time in (`USER_HZ`), the same on all architectures that Rust's standard library supports.
    const TICKS_PER_SECOND: f64 = 100.0;

    pub(super) fn cpu_seconds() -> Option<f64> {
        parse_cpu_seconds(&fs::read_to_string("/proc/self/stat").ok()?)
    }

    /// `utime` and `stime` are the 14th and 15th entries; the second may hold spaces and ends with the last bracket.
    pub(super) fn parse_cpu_seconds(stat: &str) -> Option<f64> {
        let (_, rest) = stat.rsplit_once(')')?;
        let ticks = rest.split_ascii_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<f64>().ok());
        ticks.sum::<Option<f64>>().map(|ticks| ticks / TICKS_PER_SECOND)
    }

    pub(super) fn status() -> String {
        fs::read_to_string("/proc/self/status").unwrap_or_default()
    }

    pub(super) fn number_in(status: &str, entry: &str) -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(entry)?.strip_prefix(':'))?;
        line.split_ascii_whitespace().next()?.parse().ok()
    }

    pub(super) fn open_files() -> Option<usize> {
        Some(fs::read_dir("/proc/self/fd").ok()?.count())
    }

    pub(super) fn max_open_files() -> Option<u64> {
        let limits = fs::read_to_string("/proc/self/limits").ok()?;
        let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
        line.split_ascii_whitespace().next()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::linux;

    #[test]
    fn cpu_time_is_found_whatever_the_program_is_called() {
        let stat = "4242 (a) b (c) S 1 4242 4242 0 -1 4194560 9000 0 3 0 150 50 0 0 20 0 9 0 12345 1 2";
        assert_eq!(linux::parse_cpu_seconds(stat), Some(2.0));
        assert_eq!(linux::parse_cpu_seconds("4242 (a"), None);
    }

    #[test]
    fn entries_of_the_status_are_found_by_their_whole_name() {
        let status = "Name:\thexado\nVmSizes:\t7 kB\nVmSize:\t  2048 kB\nThreads:\t9\n";
        assert_eq!(linux::number_in(status, "VmSize"), Some(2048));
        assert_eq!(linux::number_in(status, "Threads"), Some(9));
        assert_eq!(linux::number_in(status, "VmRSS"), None);
    }
}
