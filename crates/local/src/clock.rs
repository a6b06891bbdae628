use chrono::{DateTime, Utc};
use hexado_domain::clock::{Clock, whole_milliseconds};

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the Clock port gets its time from")]
    fn now(&self) -> DateTime<Utc> {
        whole_milliseconds(Utc::now())
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use chrono::Timelike;

    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the port is compared with what it stands for")]
    fn it_shows_the_time_of_the_operating_system_in_whole_milliseconds() {
        let before = whole_milliseconds(DateTime::<Utc>::from(SystemTime::now()));
        let now = SystemClock.now();
        let after = DateTime::<Utc>::from(SystemTime::now());
        assert!(before <= now && now <= after, "{before} <= {now} <= {after}");
        assert_eq!(now.nanosecond() % 1_000_000, 0);
    }
}
