//! What nobody needs any more is removed.

mod leftovers;
mod ports;
mod service;

pub use leftovers::Leftovers;
pub use ports::Housekeeping;
#[cfg(any(test, feature = "testing"))]
pub use ports::MockHousekeeping;
pub use service::{HousekeepingService, INTERVAL};
