//! From requests to values: everything that handlers take as arguments.

mod address;
mod body;
mod caller;
mod command;
mod credential;
mod cursor;
mod email;
mod etag;
mod fields;
mod guest;
mod list;
mod owner;
mod query;
mod recent;
pub(crate) mod urlencoded;

use std::sync::Arc;

pub(crate) use address::client_address;
pub(crate) use body::{FromBody, NoBody, Posted};
pub(crate) use caller::Caller;
pub(crate) use command::Command;
pub(crate) use credential::{credential, stated_origin};
pub(crate) use cursor::{link_next, read_cursor};
pub(crate) use email::{email_address, parse_email};
pub(crate) use etag::{IfMatchHeader, IfNoneMatchHeader, etag_of, if_none_match_has};
pub(crate) use fields::{Fields, Reader, nearest, wrong_type};
pub(crate) use guest::Guest;
pub(crate) use list::EntryFault;
pub(crate) use owner::{OwnerInPath, ShareInPath, TaskInPath};
pub(crate) use query::QueryReader;
pub(crate) use recent::{RecentCaller, RecentCommand};

/// The path of the request as the caller wrote it, before its base was made canonical.
#[derive(Clone, Debug)]
pub(crate) struct CallerPath(pub String);

/// The id of the request, in logs and answers.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub Arc<str>);

/// The whole body of the request; it has been received before the handler is called.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReceivedBody(pub actix_web::web::Bytes);
