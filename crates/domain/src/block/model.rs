use chrono::{DateTime, Utc};

use super::cidr::Cidr;
use crate::audit::AuditEvent;
use crate::id::UserId;
use crate::page::Limit;
use crate::text::checked_text;

/// Who comes from this network is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub id: BlockId,
    pub network: Cidr,
    pub reason: Option<Reason>,
    /// Who blocked it; `None` when it was blocked after failed sign-ins.
    pub created_by: Option<UserId>,
    pub created_at: DateTime<Utc>,
    /// `None` for until it is lifted.
    pub expires_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockId(i64);

impl BlockId {
    pub fn new(value: i64) -> Self {
        Self(value)
    }

    pub fn get(self) -> i64 {
        self.0
    }
}

checked_text! {
    /// Why an address is blocked, for people: one line of 1 to 500 characters.
    Reason = single_line of at most 500
}

/// What blocking an address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBlock {
    pub network: Cidr,
    pub reason: Option<Reason>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// A block to be stored; the store assigns its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocking {
    pub block: NewBlock,
    pub created_by: Option<UserId>,
    pub event: AuditEvent,
    pub at: DateTime<Utc>,
}

/// A block to be lifted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unblocking {
    pub id: BlockId,
    pub event: AuditEvent,
}

/// Which blocks, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockQuery {
    /// Only those older than this one.
    pub before: Option<BlockId>,
    pub limit: Limit,
}
