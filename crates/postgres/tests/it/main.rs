//! The adapters on a real Postgres.

mod support;
mod task_contract;
mod user_contract;
