//! The adapters on a real Postgres.
//!
//! On runtimes of several threads: what still connects in the background goes on while a test, at its end, waits for its
//! database to be dropped. The server would wait for it.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod address_blocks;
mod audit;
mod auth_changes;
mod batches;
mod connecting;
mod consistency;
mod faults;
mod housekeeping;
mod idempotency;
mod identity;
mod identity_contract;
mod lanes;
mod migrations;
mod outage;
mod pgbouncer;
mod share_contract;
mod share_races;
mod shares;
mod statements;
mod support;
mod task_contract;
mod tls;
mod two_factor;
mod user_contract;
mod writers;
