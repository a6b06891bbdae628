//! A private Postgres for real: started, shared, killed, adopted, cloned, fetched.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod accounts;
mod clones;
mod cluster;
mod fetching;
mod recovery;
mod sharing;
mod support;
