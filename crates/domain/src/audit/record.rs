use chrono::{DateTime, Utc};

use super::chain::Link;
use super::ports::Hash;

/// A stored event. The fields are as they were stored: what it names may be gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    pub id: i64,
    pub at: DateTime<Utc>,
    /// The user who acted; `None` when that is not known.
    pub actor: Option<String>,
    pub action: String,
    pub target: Option<StoredTarget>,
    /// What was before, as a JSON object without secrets.
    pub before: Option<String>,
    /// What is since, as a JSON object without secrets.
    pub after: Option<String>,
    /// Empty when unknown.
    pub address: String,
    /// Empty when unknown.
    pub user_agent: String,
    /// Empty when it was no request.
    pub request_id: String,
    /// The administrator who acted as the actor.
    pub impersonator: Option<String>,
    /// The place in the chain; `None` until it has one.
    pub link: Option<Link>,
}

/// What was acted upon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTarget {
    pub kind: String,
    pub id: String,
}

impl AuditRecord {
    /// What the chain hashes: the hash before, then every field with its length before it, so that no two records have the
    /// same bytes. The format is fixed: changing it breaks every chain.
    pub(super) fn chained_bytes(&self, previous: &Hash) -> Vec<u8> {
        let mut bytes = previous.to_vec();
        bytes.extend_from_slice(&self.id.to_be_bytes());
        bytes.extend_from_slice(&self.at.timestamp_micros().to_be_bytes());
        let target = self.target.as_ref();
        for field in [
            self.actor.as_deref(),
            Some(&*self.action),
            target.map(|target| &*target.kind),
            target.map(|target| &*target.id),
            self.before.as_deref(),
            self.after.as_deref(),
            Some(&*self.address),
            Some(&*self.user_agent),
            Some(&*self.request_id),
        ] {
            put(&mut bytes, field);
        }
        // Came later: records without one have the bytes that they always had.
        if self.impersonator.is_some() {
            put(&mut bytes, self.impersonator.as_deref());
        }
        bytes
    }
}

/// A length of -1 is absence.
fn put(bytes: &mut Vec<u8>, field: Option<&str>) {
    let length = field.map_or(-1, |field| i64::try_from(field.len()).unwrap_or(i64::MAX));
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(field.unwrap_or_default().as_bytes());
}
