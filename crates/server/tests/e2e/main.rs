//! The real program, over sockets, on a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod commands;
mod configuration;
mod examples;
mod instances;
mod logs;
mod outage;
mod private_database;
mod readme;
mod stop;
mod support;
mod tasks;
