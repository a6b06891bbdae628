use chrono::{DateTime, Utc};
use hexado_domain::audit::{AuditRecord, Link};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// What was done, by whom, from where.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditRecord)]
pub(super) struct AuditView {
    id: i64,
    at: DateTime<Utc>,
    /// Id of the user who acted; null when that is not known
    actor: Option<String>,
    /// Id of the administrator who acted as the actor
    impersonator: Option<String>,
    #[schema(example = "user_banned")]
    action: String,
    target: Option<TargetView>,
    /// What was before, without secrets
    #[schema(value_type = Option<Object>)]
    before: Option<Box<RawValue>>,
    /// What is since, without secrets
    #[schema(value_type = Option<Object>)]
    after: Option<Box<RawValue>>,
    /// Empty when unknown
    ip_address: String,
    user_agent: String,
    request_id: String,
    /// Its place in the chain; null for about a second
    chain: Option<LinkView>,
}

/// What was acted upon.
#[derive(Serialize, ToSchema)]
struct TargetView {
    #[schema(example = "user")]
    kind: String,
    id: String,
}

/// A place in the chain.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkView {
    /// From 1, without gaps
    number: i64,
    /// SHA-256 over the hash before and the record, in hexadecimal digits
    hash: String,
}

impl From<AuditRecord> for AuditView {
    fn from(record: AuditRecord) -> Self {
        let raw = |json: Option<String>| json.and_then(|json| RawValue::from_string(json).ok());
        Self {
            id: record.id,
            at: record.at,
            actor: record.actor,
            impersonator: record.impersonator,
            action: record.action,
            target: record.target.map(|target| TargetView { kind: target.kind, id: target.id }),
            before: raw(record.before),
            after: raw(record.after),
            ip_address: record.address,
            user_agent: record.user_agent,
            request_id: record.request_id,
            chain: record.link.map(LinkView::from),
        }
    }
}

impl From<Link> for LinkView {
    fn from(link: Link) -> Self {
        Self { number: link.number, hash: link.hash.iter().map(|byte| format!("{byte:02x}")).collect() }
    }
}
