use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use hexado_domain::audit::{AuditRecord, Link, StoredTarget};

use crate::schema::audit_records;

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_records, check_for_backend(Pg))]
pub(super) struct AuditRow {
    id: i64,
    at: DateTime<Utc>,
    actor: Option<String>,
    action: String,
    target_kind: Option<String>,
    target: Option<String>,
    before: Option<String>,
    after: Option<String>,
    address: String,
    user_agent: String,
    request_id: String,
    number: Option<i64>,
    hash: Option<Vec<u8>>,
    impersonator: Option<String>,
}

impl From<AuditRow> for AuditRecord {
    fn from(row: AuditRow) -> Self {
        let link = row.number.zip(row.hash);
        Self {
            id: row.id,
            at: row.at,
            actor: row.actor,
            action: row.action,
            target: row.target_kind.zip(row.target).map(|(kind, id)| StoredTarget { kind, id }),
            before: row.before,
            after: row.after,
            address: row.address,
            user_agent: row.user_agent,
            request_id: row.request_id,
            impersonator: row.impersonator,
            // A hash of another length is nobody's, and breaks the chain like any other wrong one.
            link: link.map(|(number, hash)| Link { number, hash: hash.try_into().unwrap_or_default() }),
        }
    }
}
