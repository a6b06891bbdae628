//! Second factors, the sign-ins that wait for them, and trusted devices.

mod challenges;
mod codes;
mod device;
mod enrolment;
mod row;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use hexado_domain::audit::AuditEvent;
use hexado_domain::error::StoreError;
use hexado_domain::id::UserId;
use hexado_domain::identity::{
    Admission, Attempt, BackupCodesReplacement, ChallengeId, Confirmation, DeviceId, Disabling, Enrolling,
    NewChallenge, Pending, Standing, TwoFactor, TwoFactorStore, Use,
};

use self::challenges::{Admit, Challenge};
use self::codes::UseCode;
pub(crate) use self::device::DeviceRecord;
use self::enrolment::{Confirm, Disable, Enrol};
use self::row::TwoFactorRow;
use crate::Postgres;
use crate::accounts::LockUser;
use crate::audit::Append;
use crate::db::{Db, any};
use crate::schema::{two_factors, users, verifications};
use crate::statement::Statement;
use crate::users::UserRow;

diesel::allow_tables_to_appear_in_same_query!(two_factors, users, verifications);

/// [`TwoFactorStore`] on Postgres. Whatever makes or ends a second factor locks its user first: no rule of the table, which
/// may be another server's, says that a user has one only.
pub struct PgTwoFactorStore {
    db: Arc<Db>,
}

impl PgTwoFactorStore {
    pub fn new(postgres: &Postgres) -> Self {
        Self { db: postgres.db() }
    }

    /// Whether a write has written anything.
    async fn changes(&self, write: &impl Statement<String>, event: &AuditEvent) -> Result<bool, StoreError> {
        Ok(!self.db.write_recorded(None, write, event, any).await?.is_empty())
    }

    async fn changes_locked(
        &self,
        user_id: &UserId,
        write: &impl Statement<String>,
        event: &AuditEvent,
    ) -> Result<bool, StoreError> {
        let lock = LockUser(user_id.as_str());
        Ok(!self.db.write_recorded(Some(&lock), write, event, any).await?.is_empty())
    }
}

#[async_trait]
impl TwoFactorStore for PgTwoFactorStore {
    async fn find(&self, user_id: &UserId) -> Result<Option<TwoFactor>, StoreError> {
        let theirs = two_factors::table
            .filter(two_factors::user_id.eq(user_id.as_str()))
            .order(two_factors::id)
            .select(TwoFactorRow::as_select());
        let rows: Vec<TwoFactorRow> = self.db.search(&theirs).await?;
        Ok(rows.into_iter().next().map(TwoFactor::from))
    }

    async fn standing<'a>(
        &self,
        user_id: &UserId,
        device: Option<&'a DeviceId>,
        now: DateTime<Utc>,
    ) -> Result<Standing, StoreError> {
        let confirmed = two_factors::table
            .filter(two_factors::user_id.eq(user_id.as_str()).and(two_factors::verified.is_distinct_from(Some(false))));
        let trusted = verifications::table
            .filter(verifications::identifier.eq(device.map_or("", DeviceId::as_str)))
            .filter(verifications::value.eq(user_id.as_str()).and(verifications::expires_at.gt(now)));
        let rows: Vec<(bool, bool)> = self.db.search(&diesel::select((exists(confirmed), exists(trusted)))).await?;
        let (confirmed, trusts_device) = rows.first().copied().unwrap_or_default();
        Ok(Standing { confirmed, trusts_device })
    }

    async fn enrol(&self, enrolling: &Enrolling) -> Result<bool, StoreError> {
        self.changes_locked(&enrolling.user_id, &Enrol(enrolling), &enrolling.event).await
    }

    async fn confirm(&self, confirmation: &Confirmation) -> Result<bool, StoreError> {
        self.changes_locked(&confirmation.begins.user_id, &Confirm::of(confirmation), &confirmation.event).await
    }

    async fn disable(&self, disabling: &Disabling) -> Result<bool, StoreError> {
        self.changes_locked(&disabling.begins.user_id, &Disable::of(disabling), &disabling.event).await
    }

    async fn replace_backup_codes(&self, replacement: &BackupCodesReplacement) -> Result<bool, StoreError> {
        let replace = diesel::update(two_factors::table.find(&replacement.id))
            .set(two_factors::backup_codes.eq(replacement.backup_codes.as_str()))
            .returning(two_factors::id);
        self.changes(&replace, &replacement.event).await
    }

    async fn challenge(&self, challenge: &NewChallenge) -> Result<(), StoreError> {
        self.changes(&Challenge::of(challenge), &challenge.event).await.map(drop)
    }

    async fn pending(&self, id: &ChallengeId, now: DateTime<Utc>) -> Result<Option<Pending>, StoreError> {
        let waiting = verifications::table
            .inner_join(users::table.on(users::id.eq(verifications::value)))
            .left_join(two_factors::table.on(two_factors::user_id.eq(users::id)))
            .filter(verifications::identifier.eq(id.as_str()).and(verifications::expires_at.gt(now)))
            .order((verifications::created_at.desc(), two_factors::id))
            .select((UserRow::as_select(), Option::<TwoFactorRow>::as_select()));
        let rows: Vec<(UserRow, Option<TwoFactorRow>)> = self.db.search(&waiting).await?;
        let first = rows.into_iter().next();
        Ok(first.map(|(user, two_factor)| Pending { user: user.into(), two_factor: two_factor.map(TwoFactor::from) }))
    }

    async fn admit(&self, attempt: &Attempt) -> Result<Admission, StoreError> {
        let rows: Vec<(bool, bool)> = self.db.write(&Admit::of(attempt), self.db.deadline()).await?;
        Ok(match rows.first().copied().unwrap_or_default() {
            (true, true) => Admission::Granted,
            (true, false) => Admission::Locked,
            (false, _) => Admission::ChallengeSpent,
        })
    }

    async fn refuse(&self, event: &AuditEvent) -> Result<(), StoreError> {
        let _: Vec<i64> = self.db.write(&Append::of(event), self.db.deadline()).await?;
        Ok(())
    }

    async fn use_code(&self, used: &Use) -> Result<bool, StoreError> {
        self.changes(&UseCode::of(used), &used.event).await
    }
}
