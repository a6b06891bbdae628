//! Users.

mod edit;
mod filter;
mod list;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz};
use diesel_async::AsyncPgConnection;
use hexado_domain::error::StoreError;
use hexado_domain::id::UserId;
use hexado_domain::identity::users::{Deleted, UserDeletion, UserEdit, UserQuery};
use hexado_domain::identity::{Email, NewUser, User, UserChange, UserStore};
use hexado_domain::page::Page;
use hexado_domain::patch::Patch;
use hexado_domain::version::Version;

use self::edit::{DeleteUser, EditUser, Outcome, OutcomeRow, happened, outcome};
use self::filter::{CountUsers, Filter};
use self::list::ListUsers;
use crate::Postgres;
use crate::db::{Db, any};
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

    async fn find_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        let query = users::table.filter(users::email.eq(email.as_str())).select(UserRow::as_select());
        let rows: Vec<UserRow> = self.db.search(&query).await?;
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

    async fn update(&self, change: &UserChange) -> Result<Option<User>, StoreError> {
        let rows: Vec<UserRow> = self.db.write_recorded(None, &UpdateUser::of(change), &change.event, any).await?;
        Ok(rows.into_iter().next().map(User::from))
    }

    async fn edit(&self, edit: &UserEdit) -> Result<bool, StoreError> {
        let statement = EditUser::of(edit);
        let rows = self.db.write_recorded(Some(&statement.lock()), &statement, &edit.event, happened).await?;
        match outcome(&rows) {
            Outcome::Done => Ok(true),
            Outcome::LastAdmin => Ok(false),
            // Of roles, if not of the user.
            Outcome::Refused | Outcome::Stale => Err(StoreError::Stale),
        }
    }

    async fn delete(&self, deletion: &UserDeletion) -> Result<Deleted, StoreError> {
        let statement = DeleteUser::of(deletion);
        let lock = statement.lock();
        let rows: Vec<OutcomeRow> = self.db.write_recorded(Some(&lock), &statement, &deletion.event, happened).await?;
        match outcome(&rows) {
            Outcome::Done => Ok(Deleted::Done),
            Outcome::LastAdmin => Ok(Deleted::LastAdmin),
            Outcome::Refused => Ok(Deleted::NotVerified),
            Outcome::Stale => Err(StoreError::Stale),
        }
    }

    async fn page(&self, query: &UserQuery, now: DateTime<Utc>) -> Result<Page<User>, StoreError> {
        let mut rows: Vec<UserRow> = self.db.search(&ListUsers::of(query, now)).await?;
        let more = rows.len() > query.limit;
        rows.truncate(query.limit);
        let total = if query.count {
            let count = CountUsers(Filter::of(&query.conditions, now));
            self.db.search::<i64>(&count).await?.into_iter().next()
        } else {
            None
        };
        Ok(Page { items: rows.into_iter().map(User::from).collect(), more, total })
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
    ban_reason: Option<String>,
    ban_expires: Option<DateTime<Utc>>,
    two_factor_enabled: Option<bool>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    version: i64,
}

/// The columns of [`UserRow`] in its order, for SQL by hand.
const COLUMNS: &str = "id, name, email, email_verified, image, role, banned, ban_reason, ban_expires, two_factor_enabled, \
    created_at, updated_at, version";

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
            ban_reason: row.ban_reason,
            ban_expires: row.ban_expires,
            two_factor_enabled: row.two_factor_enabled.unwrap_or_default(),
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: Version::new(row.version),
        }
    }
}

/// Stores a user and their counters, with the wanted address if it is free; no row when the id is taken.
struct RegisterUser<'a> {
    user: &'a NewUser,
    wanted: Option<&'a str>,
}

/// What [`UserRow`] selects, as statements by hand have to return it.
pub(crate) type UserColumns = diesel::dsl::SqlTypeOf<<UserRow as Selectable<Pg>>::SelectExpression>;

prepared_once!(RegisterUser -> UserColumns);

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

/// Changes a user, unless the address is no longer the one that shall be replaced.
struct UpdateUser<'a> {
    change: &'a UserChange,
    sets_image: bool,
    image: Option<&'a str>,
    replaced: Option<&'a str>,
    email: Option<&'a str>,
    verified: Option<bool>,
}

impl<'a> UpdateUser<'a> {
    fn of(change: &'a UserChange) -> Self {
        let (sets_image, image) = match &change.image {
            Patch::Keep => (false, None),
            Patch::Clear => (true, None),
            Patch::Set(image) => (true, Some(image.as_str())),
        };
        let email = change.email.as_ref();
        Self {
            change,
            sets_image,
            image,
            replaced: email.map(|email| email.from.as_str()),
            email: email.map(|email| email.to.as_str()),
            verified: email.map(|email| email.verified),
        }
    }
}

prepared_once!(UpdateUser -> UserColumns);

impl QueryFragment<Pg> for UpdateUser<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("sql/update_user.sql"));
        out.push_bind_param_value_only::<Text, _>(self.change.user_id.as_str())?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.change.name)?;
        out.push_bind_param_value_only::<Bool, _>(&self.sets_image)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.image)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.replaced)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.email)?;
        out.push_bind_param_value_only::<Nullable<Bool>, _>(&self.verified)?;
        out.push_bind_param_value_only::<Timestamptz, _>(&self.change.at)
    }
}
