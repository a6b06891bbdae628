use chrono::{DateTime, Utc};

use crate::page::Limit;

/// Which records, the newest first. All that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// The user who acted.
    pub actor: Option<String>,
    /// The administrator who acted as a user.
    pub impersonator: Option<String>,
    pub action: Option<String>,
    /// What was acted upon: an id of any kind.
    pub target: Option<String>,
    /// Not before.
    pub since: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
    /// Only those older than the record with this id.
    pub before: Option<i64>,
    pub limit: Limit,
}
