//! The real program, over sockets, on a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod admins;
mod audit;
mod better_auth;
mod commands;
mod configuration;
mod crashes;
mod doctor;
mod entrance;
mod examples;
mod instances;
mod keys;
mod late_database;
mod logs;
mod lost_connections;
mod mail;
mod malformed;
mod metrics;
mod outages;
mod overload;
mod private_database;
mod readme;
mod sessions;
mod slow_clients;
mod stop;
mod support;
mod tasks;
mod traces;
