//! Better Auth's wire.

mod account;
mod admin;
mod entrance;
mod guard;
mod impersonation;
mod mails;
mod providers;
mod sessions;
mod two_factor;

pub(crate) use entrance::doors;
pub(crate) use sessions::aged;
