//! Tasks that their owners share with others.

mod change;
mod error;
mod model;
mod ports;
pub mod rules;
mod service;

pub use change::{Granted, ShareChange, ShareGrant, ShareRevocation};
pub use error::ShareError;
pub use model::{Access, Reach, Share, Sharing};
#[cfg(any(test, feature = "testing"))]
pub use ports::MockShareStore;
pub use ports::ShareStore;
pub use service::{ShareRequest, ShareService};
