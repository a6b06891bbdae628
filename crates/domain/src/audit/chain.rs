//! The chain: the hash of each record covers the hash of the one before it.

use std::fmt;

use thiserror::Error;

use super::ports::{ChainHasher, Hash};
use super::record::AuditRecord;

/// A place in the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// From 1, without gaps.
    pub number: i64,
    pub hash: Hash,
}

impl Link {
    /// Before the first one.
    pub const ORIGIN: Self = Self { number: 0, hash: [0; 32] };

    /// The place of `record` if it comes next.
    pub(super) fn next(&self, record: &AuditRecord, hasher: &dyn ChainHasher) -> Self {
        Self { number: self.number + 1, hash: hasher.hash(&record.chained_bytes(&self.hash)) }
    }
}

/// The number and the hash in hexadecimal digits.
impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.number)?;
        self.hash.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What a walk along the chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The last link that holds.
    pub head: Link,
    /// The first one that does not.
    pub broken: Option<Break>,
}

/// Where and how the chain is broken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Break {
    #[error("record {number} of the chain (id {id}) was altered, or one before it")]
    Altered { number: i64, id: i64 },
    #[error("record {number} of the chain is missing")]
    Missing { number: i64 },
    #[error("the chain does not end with the hash that its end is known by")]
    End,
}

/// Walks along a chain, piece by piece.
pub(super) struct Walk<'a> {
    hasher: &'a dyn ChainHasher,
    pub(super) head: Link,
}

impl<'a> Walk<'a> {
    pub(super) fn new(hasher: &'a dyn ChainHasher) -> Self {
        Self { hasher, head: Link::ORIGIN }
    }

    /// Goes on along `records`, which must be those after the head, in their order.
    pub(super) fn along(&mut self, records: &[AuditRecord]) -> Result<(), Break> {
        for record in records {
            let expected = self.head.next(record, self.hasher);
            match record.link {
                Some(link) if link == expected => self.head = link,
                Some(link) if link.number == expected.number => {
                    return Err(Break::Altered { number: link.number, id: record.id });
                }
                _ => return Err(Break::Missing { number: expected.number }),
            }
        }
        Ok(())
    }

    /// Ends the walk where the chain is known to end.
    pub(super) fn end(self, known: Link) -> Verification {
        let broken = match known {
            known if self.head == known => None,
            known if self.head.number < known.number => Some(Break::Missing { number: self.head.number + 1 }),
            _ => Some(Break::End),
        };
        Verification { head: self.head, broken }
    }
}
