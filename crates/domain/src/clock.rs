//! Time, as a port.

use chrono::{DateTime, SubsecRound, Utc};

/// Tells the present moment, in whole milliseconds.
///
/// Milliseconds, because that is what JavaScript clients can hold: a time that was read and sent back is still equal.
pub trait Clock: Send + Sync {
    fn now(&self) -> DateTime<Utc>;
}

/// `time` without what is finer than a millisecond.
pub fn whole_milliseconds(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(3)
}
