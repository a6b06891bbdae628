//! The rules of Hexado, free of every technology.
//!
//! Each concept is a *slice* with the same files: entities, `rules.rs` (pure functions of values and the
//! present moment), `ports.rs` (what the slice needs from outside, as traits) and `service.rs` (the use cases:
//! read, apply a rule, store the resulting change). Adapters in other crates implement the ports.
//!
//! A transaction is a value: a rule makes a *change*, and one port call makes all of it visible together.

pub mod access;
pub mod actor;
pub mod audit;
pub mod block;
pub mod clock;
mod edition;
pub mod entropy;
pub mod error;
pub mod health;
pub mod housekeeping;
pub mod id;
pub mod idempotency;
pub mod identity;
pub mod job;
pub mod limit;
pub mod mail;
pub mod page;
pub mod patch;
pub mod task;
pub mod text;
pub mod version;

#[cfg(any(test, feature = "testing"))]
pub mod testing;
