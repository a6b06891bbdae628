//! The audit log: who did what to whom, from where, and when. It only grows, and its records are chained by hashes.
//!
//! A record is part of the change that it tells of: both are stored, or neither. Its place in the chain it gets afterwards, so
//! that writers do not wait for each other.

mod chain;
mod error;
mod event;
mod ports;
mod query;
mod record;
mod service;

pub use chain::{Break, Link, Verification};
pub use error::AuditError;
pub use event::{Action, AuditEvent, FieldChange, Target};
pub use ports::{AuditLog, ChainHasher, Hash};
#[cfg(any(test, feature = "testing"))]
pub use ports::{MockAuditLog, MockChainHasher};
pub use query::AuditQuery;
pub use record::{AuditRecord, StoredTarget};
pub use service::AuditService;
