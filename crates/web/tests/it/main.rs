//! The HTTP interface over services whose ports are mocks.

mod around;
mod bodies;
mod callers;
mod documents;
mod limits;
mod lists;
mod support;
mod tasks;
