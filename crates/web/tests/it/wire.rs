//! Better Auth's wire.

mod account;
mod entrance;
mod guard;
mod mails;
mod providers;
mod sessions;

pub(crate) use entrance::doors;
pub(crate) use sessions::aged;
