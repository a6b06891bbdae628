//! Work that is done after the answer: a durable queue.
//!
//! A job is part of the change that makes it necessary: use cases put [`NewJob`]s into their changes, and the store makes all
//! of it visible together. So there is a job if and only if its change happened, and no port to put one into the queue.
//!
//! A job is done **at least once**: an instance claims it for a time, does it and removes it. If the instance is gone by then,
//! or what it did got no answer, the job is done again, here or by another instance. Jobs have no order among each other.

mod model;
mod ports;
pub mod rules;
mod service;

pub use model::{Claim, ClaimedJob, Job, JobId, NewJob};
pub use ports::JobQueue;
#[cfg(any(test, feature = "testing"))]
pub use ports::MockJobQueue;
pub use service::JobService;
