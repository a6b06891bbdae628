//! The HTTP interface over services whose ports are mocks.

#![expect(clippy::unwrap_used, reason = "what a test's helper does not expect fails the test")]

mod around;
mod audit;
mod auth;
mod blocks;
mod bodies;
mod callers;
mod documents;
mod limits;
mod lists;
mod roles;
mod shares;
mod step_up;
mod support;
mod tasks;
mod users;
mod verified;
mod wire;
