use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::mail::Mail;

/// Something to be done once.
///
/// Stores keep it as JSON with `kind` and `payload`; jobs of an earlier version must stay readable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum Job {
    Mail(Mail),
}

impl Job {
    /// The kinds that this version can do. What a newer one has queued is left to that.
    pub const KINDS: &[&str] = &["mail"];

    pub fn kind(&self) -> &'static str {
        match self {
            Self::Mail(_) => "mail",
        }
    }
}

/// A job to be queued by the change that it is part of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    pub job: Job,
    /// When it may be done at the earliest.
    pub not_before: DateTime<Utc>,
}

impl NewJob {
    /// A mail to be sent as soon as possible.
    pub fn mail(mail: Mail, now: DateTime<Utc>) -> Self {
        Self { job: Job::Mail(mail), not_before: now }
    }
}

/// A job's number, assigned by the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(i64);

impl JobId {
    pub fn from_stored(id: i64) -> Self {
        Self(id)
    }

    pub fn get(self) -> i64 {
        self.0
    }
}

/// The right to do a job. It ends when the same job is claimed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub id: JobId,
    /// Counts the claims of this job, from 1.
    pub attempt: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedJob {
    pub claim: Claim,
    pub job: Job,
}
