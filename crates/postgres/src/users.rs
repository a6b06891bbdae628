//! Users.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Nullable, Text, Timestamptz};
use diesel_async::AsyncPgConnection;
use hexado_domain::error::StoreError;
use hexado_domain::id::UserId;
use hexado_domain::identity::{Email, NewUser, User, UserStore};

use crate::Postgres;
use crate::db::Db;
use crate::error::Failure;
use crate::schema::users;
use crate::statement::{Statement, prepared_once};

/// [`UserStore`] on Postgres.
pub struct PgUserStore {
    db: Arc<Db>,
}

impl PgUserStore {
    pub fn new(postgres: &Postgres) -> Self {
        Self { db: postgres.db() }
    }
}

/// Prepares what runs often.
pub(crate) async fn warm(conn: &AsyncPgConnection) -> QueryResult<()> {
    find_user("").rows(conn).await.map(drop)
}

fn find_user(id: &str) -> impl Statement<UserRow> {
    users::table.find(id).select(UserRow::as_select())
}

#[async_trait]
impl UserStore for PgUserStore {
    async fn find(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        let rows = self.db.read(&find_user(id.as_str())).await?;
        Ok(rows.into_iter().next().map(User::from))
    }

    async fn register(&self, user: &NewUser) -> Result<User, StoreError> {
        let register = RegisterUser { user, wanted: user.email.as_ref().map(Email::as_str) };
        let made: Vec<UserRow> = self.db.write(&register, self.db.deadline()).await?;
        match made.into_iter().next() {
            Some(row) => Ok(row.into()),
            None => self.find(&user.id).await?.ok_or_else(|| Failure::unexpected("the placeholder is taken").into()),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub(crate) struct UserRow {
    id: String,
    name: String,
    email: String,
    email_verified: bool,
    image: Option<String>,
    role: Option<String>,
    banned: Option<bool>,
    ban_expires: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            id: UserId::from_stored(row.id),
            name: row.name,
            email: row.email,
            email_verified: row.email_verified,
            image: row.image,
            role: row.role,
            // Better Auth writes null where it means no.
            banned: row.banned.unwrap_or_default(),
            ban_expires: row.ban_expires,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Stores a user and their counters, with the wanted address if it is free; no row when the id is taken.
struct RegisterUser<'a> {
    user: &'a NewUser,
    wanted: Option<&'a str>,
}

prepared_once!(RegisterUser -> diesel::dsl::SqlTypeOf<<UserRow as Selectable<Pg>>::SelectExpression>);

impl QueryFragment<Pg> for RegisterUser<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("sql/register_user.sql"));
        out.push_bind_param_value_only::<Text, _>(self.user.id.as_str())?;
        out.push_bind_param_value_only::<Text, _>(&self.user.name)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.wanted)?;
        out.push_bind_param_value_only::<Text, _>(self.user.placeholder.as_str())?;
        out.push_bind_param_value_only::<Timestamptz, _>(&self.user.at)
    }
}
