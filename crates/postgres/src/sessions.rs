//! Sessions.

mod begun;
mod row;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Bool, Nullable, Text};
use diesel_async::AsyncPgConnection;
use hexado_domain::audit::AuditEvent;
use hexado_domain::error::StoreError;
use hexado_domain::id::UserId;
use hexado_domain::identity::{
    Ending, Extension, Opening, PasswordHash, Reauthentication, Rotation, Session, SessionId, SessionStore,
    SessionToken, SignedIn, Which,
};
use tokio::try_join;

pub(crate) use self::begun::BegunSession;
use self::row::SessionRow;
use crate::Postgres;
use crate::db::{Db, any};
use crate::schema::{sessions, users};
use crate::statement::{Statement, prepared_once};
use crate::two_factors::DeviceRecord;
use crate::users::UserRow;

diesel::allow_tables_to_appear_in_same_query!(sessions, users);

/// [`SessionStore`] on Postgres. Triggers make known which sessions ended, so that nothing here has to.
pub struct PgSessionStore {
    db: Arc<Db>,
}

impl PgSessionStore {
    pub fn new(postgres: &Postgres) -> Self {
        Self { db: postgres.db() }
    }

    /// How many rows a write has written.
    async fn changes(&self, write: &impl Statement<String>, event: &AuditEvent) -> Result<usize, StoreError> {
        Ok(self.db.write_recorded(None, write, event, any).await?.len())
    }
}

/// Prepares what runs often.
pub(crate) async fn warm(conn: &AsyncPgConnection) -> QueryResult<()> {
    try_join!(find_session("", DateTime::UNIX_EPOCH).rows(conn), find_by_id("").rows(conn)).map(drop)
}

type SignedInRow = (SessionRow, UserRow);

fn find_session(token: &str, now: DateTime<Utc>) -> impl Statement<SignedInRow> {
    let replaced = sessions::previous_token.eq(token).and(sessions::previous_token_until.gt(now));
    sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(sessions::token.eq(token).or(replaced.assume_not_null()))
        .select((SessionRow::as_select(), UserRow::as_select()))
}

fn find_by_id(id: &str) -> impl Statement<SignedInRow> {
    sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(sessions::id.eq(id))
        .select((SessionRow::as_select(), UserRow::as_select()))
}

fn signed_in(rows: Vec<SignedInRow>) -> Option<SignedIn> {
    let (session, user) = rows.into_iter().next()?;
    Some(SignedIn { session: session.into(), user: user.into() })
}

#[async_trait]
impl SessionStore for PgSessionStore {
    async fn find(&self, token: &SessionToken, now: DateTime<Utc>) -> Result<Option<SignedIn>, StoreError> {
        Ok(signed_in(self.db.read(&find_session(token.as_str(), now)).await?))
    }

    async fn find_by_id(&self, id: &SessionId) -> Result<Option<SignedIn>, StoreError> {
        Ok(signed_in(self.db.read(&find_by_id(id.as_str())).await?))
    }

    async fn list(&self, user_id: &UserId, now: DateTime<Utc>) -> Result<Vec<Session>, StoreError> {
        let living = sessions::table
            .filter(sessions::user_id.eq(user_id.as_str()).and(sessions::expires_at.gt(now)))
            .order((sessions::created_at.desc(), sessions::id.desc()))
            .select(SessionRow::as_select());
        let rows: Vec<SessionRow> = self.db.search(&living).await?;
        Ok(rows.into_iter().map(Session::from).collect())
    }

    async fn open(&self, opening: &Opening) -> Result<bool, StoreError> {
        Ok(self.changes(&OpenSession::of(opening), &opening.event).await? > 0)
    }

    async fn extend(&self, extension: &Extension) -> Result<bool, StoreError> {
        let extend = diesel::update(sessions::table.find(extension.session_id.as_str()))
            .set((sessions::expires_at.eq(extension.expires_at), sessions::updated_at.eq(extension.at)))
            .returning(sessions::id);
        let extended: Vec<String> = self.db.write(&extend, self.db.deadline()).await?;
        Ok(!extended.is_empty())
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<bool, StoreError> {
        let Rotation { session_id, from, to, grace_until, expires_at, at, .. } = rotation;
        let of_token = sessions::table.find(session_id.as_str()).filter(sessions::token.eq(from.as_str()));
        let rotate = diesel::update(of_token)
            .set((
                sessions::token.eq(to.as_str()),
                sessions::previous_token.eq(from.as_str()),
                sessions::previous_token_until.eq(grace_until),
                sessions::expires_at.eq(expires_at),
                sessions::updated_at.eq(at),
            ))
            .returning(sessions::id);
        Ok(self.changes(&rotate, &rotation.event).await? > 0)
    }

    async fn authenticate_again(&self, again: &Reauthentication) -> Result<bool, StoreError> {
        let Reauthentication { session, event } = again;
        let living = sessions::table
            .find(session.id.as_str())
            .filter(sessions::user_id.eq(session.user_id.as_str()).and(sessions::expires_at.gt(event.at)));
        let update = diesel::update(living)
            .set((sessions::authenticated_at.eq(session.authenticated_at), sessions::amr.eq(session.amr.as_deref())))
            .returning(sessions::id);
        Ok(self.changes(&update, event).await? > 0)
    }

    async fn end(&self, ending: &Ending) -> Result<u64, StoreError> {
        let theirs = sessions::table.filter(sessions::user_id.eq(ending.user_id.as_str()));
        let ended = match &ending.which {
            Which::All => self.changes(&diesel::delete(theirs).returning(sessions::id), &ending.event).await?,
            Which::AllBut(kept) => {
                let others = theirs.filter(sessions::id.ne(kept.as_str()));
                self.changes(&diesel::delete(others).returning(sessions::id), &ending.event).await?
            }
            Which::One(id) => {
                let one = theirs.filter(sessions::id.eq(id.as_str()));
                self.changes(&diesel::delete(one).returning(sessions::id), &ending.event).await?
            }
            Which::OfToken(token) => {
                // One that is replaced at this moment is found again by its old token.
                let had = sessions::previous_token.eq(token.as_str()).assume_not_null();
                let one = theirs.filter(sessions::token.eq(token.as_str()).or(had));
                self.changes(&diesel::delete(one).returning(sessions::id), &ending.event).await?
            }
        };
        Ok(ended as u64)
    }
}

/// Stores a session with what signing in changes besides, if what let the user in still holds; returns its id.
struct OpenSession<'a> {
    session: BegunSession<'a>,
    compared: Option<&'a str>,
    better: Option<&'a str>,
    lift_ban: bool,
    from: Option<&'a str>,
    device: DeviceRecord<'a>,
}

impl<'a> OpenSession<'a> {
    fn of(opening: &'a Opening) -> Self {
        let Opening { session, compared, rehash, lift_ban, renewal, .. } = opening;
        let (compared, better, renewal) = (compared.as_ref(), rehash.as_ref(), renewal.as_ref());
        Self {
            session: BegunSession::of(session),
            compared: compared.map(PasswordHash::as_str),
            better: better.map(PasswordHash::as_str),
            lift_ban: *lift_ban,
            from: renewal.map(|renewal| renewal.from.as_str()),
            device: DeviceRecord::of_option(renewal.map(|renewal| &renewal.to)),
        }
    }
}

prepared_once!(OpenSession -> Text);

impl QueryFragment<Pg> for OpenSession<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("sql/open_session.sql"));
        self.session.push_binds(&mut out)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.compared)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.better)?;
        out.push_bind_param_value_only::<Bool, _>(&self.lift_ban)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.from)?;
        self.device.push_binds(&mut out)
    }
}
