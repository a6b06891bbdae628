//! The ways in which users sign in.

mod link;
mod password;
mod register;
mod unlink;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::dsl::{And, Eq};
use diesel::pg::Pg;
use diesel::prelude::*;
use hexado_domain::error::StoreError;
use hexado_domain::id::UserId;
use hexado_domain::identity::{
    Account, AccountStore, CREDENTIAL, Candidate, Email, Linking, PasswordChange, PasswordHash, PasswordProof,
    Registration, Unlinked, Unlinking,
};

use self::link::Link;
pub(crate) use self::password::LockUser;
use self::password::{ReplacePassword, ResetPassword};
pub(crate) use self::register::Register;
use self::unlink::Unlink;
use crate::Postgres;
use crate::db::{Db, any};
use crate::schema::{accounts, users};
use crate::users::UserRow;

diesel::allow_tables_to_appear_in_same_query!(accounts, users);

/// [`AccountStore`] on Postgres.
pub struct PgAccountStore {
    db: Arc<Db>,
}

impl PgAccountStore {
    pub fn new(postgres: &Postgres) -> Self {
        Self { db: postgres.db() }
    }
}

/// The account that signs in by password: all three must match, as at Better Auth.
fn is_credential() -> And<Eq<accounts::provider_id, &'static str>, Eq<accounts::account_id, accounts::user_id>> {
    accounts::provider_id.eq(CREDENTIAL).and(accounts::account_id.eq(accounts::user_id))
}

#[async_trait]
impl AccountStore for PgAccountStore {
    async fn candidate(&self, email: &Email) -> Result<Option<Candidate>, StoreError> {
        let query = users::table
            .left_join(accounts::table.on(accounts::user_id.eq(users::id).and(is_credential())))
            .filter(users::email.eq(email.as_str()))
            .select((UserRow::as_select(), accounts::password.nullable()));
        let rows: Vec<(UserRow, Option<String>)> = self.db.search(&query).await?;
        Ok(rows
            .into_iter()
            .next()
            .map(|(user, password)| Candidate { user: user.into(), hash: password.map(PasswordHash::from_stored) }))
    }

    async fn password_of(&self, user_id: &UserId) -> Result<Option<PasswordHash>, StoreError> {
        let query = accounts::table
            .filter(accounts::user_id.eq(user_id.as_str()).and(is_credential()))
            .select(accounts::password);
        let rows: Vec<Option<String>> = self.db.search(&query).await?;
        Ok(rows.into_iter().next().flatten().map(PasswordHash::from_stored))
    }

    async fn list(&self, user_id: &UserId) -> Result<Vec<Account>, StoreError> {
        let oldest_first = accounts::table
            .filter(accounts::user_id.eq(user_id.as_str()))
            .order((accounts::created_at, accounts::id))
            .select(AccountRow::as_select());
        let rows: Vec<AccountRow> = self.db.search(&oldest_first).await?;
        Ok(rows.into_iter().map(Account::from).collect())
    }

    async fn register(&self, registration: &Registration) -> Result<(), StoreError> {
        let register = Register::of(registration);
        let made: Vec<String> = self.db.write_recorded(None, &register, &registration.event, any).await?;
        if made.is_empty() { Err(StoreError::Stale) } else { Ok(()) }
    }

    async fn set_password(&self, change: &PasswordChange) -> Result<bool, StoreError> {
        // Sessions that begin at this moment are waited for, so that they end with the others. And two verifications of one
        // user, spent at once, must not make two accounts, which no rule of the table forbids.
        let lock = LockUser(change.user_id.as_str());
        let set: Vec<String> = match &change.by {
            PasswordProof::Present(hash) => {
                let replace = ReplacePassword::of(change, hash);
                self.db.write_recorded(Some(&lock), &replace, &change.event, any).await?
            }
            PasswordProof::Spends(identifier) => {
                let reset = ResetPassword::by(change, identifier);
                self.db.write_recorded(Some(&lock), &reset, &change.event, any).await?
            }
            PasswordProof::Administration => {
                let reset = ResetPassword::of(change);
                self.db.write_recorded(Some(&lock), &reset, &change.event, any).await?
            }
        };
        Ok(!set.is_empty())
    }

    async fn link(&self, linking: &Linking) -> Result<bool, StoreError> {
        // Of two linkings at once, one must see what the other made, and no rule of the table forbids two of a kind.
        let lock = LockUser(linking.user_id.as_str());
        let linked: Vec<String> = self.db.write_recorded(Some(&lock), &Link::of(linking), &linking.event, any).await?;
        Ok(!linked.is_empty())
    }

    async fn unlink(&self, unlinking: &Unlinking) -> Result<Unlinked, StoreError> {
        let done: fn(&[(bool, bool)]) -> bool = |found| matches!(found, [(true, _)]);
        let found = self.db.write_recorded(None, &Unlink(unlinking), &unlinking.event, done).await?;
        Ok(match found.first() {
            Some((true, _)) => Unlinked::Done,
            Some((false, true)) => Unlinked::Last,
            _ => Unlinked::NotFound,
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(Pg))]
struct AccountRow {
    id: String,
    account_id: String,
    provider_id: String,
    user_id: String,
    scope: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        Self {
            id: row.id,
            account_id: row.account_id,
            provider_id: row.provider_id,
            user_id: UserId::from_stored(row.user_id),
            scope: row.scope,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
