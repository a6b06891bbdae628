use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use hexado_domain::id::UserId;
use hexado_domain::identity::{Session, SessionId, SessionToken};

use crate::schema::sessions;

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(Pg))]
pub(super) struct SessionRow {
    id: String,
    token: String,
    user_id: String,
    expires_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    ip_address: Option<String>,
    user_agent: Option<String>,
    impersonated_by: Option<String>,
    authenticated_at: Option<DateTime<Utc>>,
    amr: Option<String>,
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            id: SessionId::from_stored(row.id),
            token: SessionToken::from_stored(row.token),
            user_id: UserId::from_stored(row.user_id),
            expires_at: row.expires_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            // Better Auth writes an empty text where it does not know; another hand may write null.
            ip_address: row.ip_address.unwrap_or_default(),
            user_agent: row.user_agent.unwrap_or_default(),
            impersonated_by: row.impersonated_by.map(UserId::from_stored),
            authenticated_at: row.authenticated_at,
            amr: row.amr,
        }
    }
}
