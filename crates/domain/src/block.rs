//! Addresses that nobody may come from: blocked by hand, or after too many failed sign-ins.

mod cidr;
mod error;
mod list;
mod model;
mod ports;
mod service;

pub use cidr::Cidr;
pub use error::BlockError;
pub use model::{Block, BlockId, BlockQuery, Blocking, NewBlock, Reason, Unblocking};
#[cfg(any(test, feature = "testing"))]
pub use ports::MockBlockStore;
pub use ports::{BlockStore, BlockedNetwork};
pub use service::BlockService;
