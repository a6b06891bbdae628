//! The first admin.

use std::sync::Arc;

use async_trait::async_trait;
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz};
use hexado_domain::error::StoreError;
use hexado_domain::identity::{AdminStanding, AdminStore, Email, Promotion, Registration, User};

use crate::Postgres;
use crate::accounts::Register;
use crate::db::{Db, any};
use crate::statement::prepared_once;
use crate::users::{UserColumns, UserRow};

/// [`AdminStore`] on Postgres.
pub struct PgAdminStore {
    db: Arc<Db>,
}

impl PgAdminStore {
    pub fn new(postgres: &Postgres) -> Self {
        Self { db: postgres.db() }
    }
}

#[async_trait]
impl AdminStore for PgAdminStore {
    async fn standing(&self, email: &Email) -> Result<AdminStanding, StoreError> {
        let rows: Vec<(bool, Option<UserRow>)> = self.db.search(&Standing(email.as_str())).await?;
        let (exists, named) = rows.into_iter().next().unwrap_or_default();
        Ok(AdminStanding { exists, named: named.map(User::from) })
    }

    async fn register_first(&self, registration: &Registration) -> Result<bool, StoreError> {
        let made: Vec<String> = self
            .db
            .write_recorded(Some(&LockAdmins(ADMINS)), &Register::first_admin(registration), &registration.event, any)
            .await?;
        Ok(!made.is_empty())
    }

    async fn promote_first(&self, promotion: &Promotion) -> Result<bool, StoreError> {
        let promoted: Vec<String> =
            self.db.write_recorded(Some(&LockAdmins(ADMINS)), &Promote(promotion), &promotion.event, any).await?;
        Ok(!promoted.is_empty())
    }
}

struct Standing<'a>(&'a str);

prepared_once!(Standing -> (Bool, Nullable<UserColumns>));

impl QueryFragment<Pg> for Standing<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("sql/first_admin_standing.sql"));
        out.push_bind_param_value_only::<Text, _>(self.0)
    }
}

/// Gives a user roles, where there is no admin; returns the user's id.
struct Promote<'a>(&'a Promotion);

prepared_once!(Promote -> Text);

impl QueryFragment<Pg> for Promote<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("sql/promote_first_admin.sql"));
        out.push_bind_param_value_only::<Text, _>(self.0.user_id.as_str())?;
        out.push_bind_param_value_only::<Text, _>(&self.0.role)?;
        out.push_bind_param_value_only::<Timestamptz, _>(&self.0.at)
    }
}

/// What they lock who make the first admin, or may take the last one: whether there are others is to be seen before anybody
/// changes that. There is no row to lock: it is about one that is not there.
pub(crate) const ADMINS: &str = "hexado: admins";

/// Makes others wait who would lock the same, until the transaction ends.
struct LockAdmins<'a>(&'a str);

prepared_once!(LockAdmins -> Text);

impl QueryFragment<Pg> for LockAdmins<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT $1 FROM pg_advisory_xact_lock(hashtextextended($1, 0))");
        out.push_bind_param_value_only::<Text, _>(self.0)
    }
}
