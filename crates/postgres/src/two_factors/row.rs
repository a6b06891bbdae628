use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use hexado_domain::id::UserId;
use hexado_domain::identity::{Sealed, TwoFactor};

use crate::schema::two_factors;

#[derive(Queryable, Selectable)]
#[diesel(table_name = two_factors, check_for_backend(Pg))]
pub(super) struct TwoFactorRow {
    id: String,
    secret: String,
    backup_codes: String,
    user_id: String,
    verified: Option<bool>,
    locked_until: Option<DateTime<Utc>>,
    last_step: Option<i64>,
}

impl From<TwoFactorRow> for TwoFactor {
    fn from(row: TwoFactorRow) -> Self {
        Self {
            id: row.id,
            user_id: UserId::from_stored(row.user_id),
            secret: Sealed::from_stored(row.secret),
            backup_codes: Sealed::from_stored(row.backup_codes),
            // Rows from before there was the column were all confirmed.
            confirmed: row.verified != Some(false),
            locked_until: row.locked_until,
            last_step: row.last_step,
        }
    }
}
