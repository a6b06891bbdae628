//! Statements, and how their rows are read.

use std::fmt::Debug;

use diesel::QueryResult;
use diesel::deserialize::FromSqlRow;
use diesel::expression::QueryMetadata;
use diesel::pg::Pg;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::query_dsl::CompatibleType;
use diesel::result::Error::DeserializationError;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Json;
use diesel_async::{AsyncConnectionCore, AsyncPgConnection};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, TryStreamExt};
use serde::Serialize;

/// A statement whose rows are read as `T`.
pub(crate) trait Statement<T>: Sync {
    /// All rows. By then the server has committed: what it returned earlier could still be undone by a failing commit.
    fn rows<'c>(&self, conn: &'c AsyncPgConnection) -> BoxFuture<'c, QueryResult<Vec<T>>>;
}

impl<Q, T, S> Statement<T> for Q
where
    Q: Query + QueryFragment<Pg> + QueryId + Send + Sync,
    Q::SqlType: CompatibleType<T, Pg, SqlType = S>,
    Pg: QueryMetadata<Q::SqlType>,
    T: FromSqlRow<S, Pg> + Send + 'static,
    S: 'static,
{
    fn rows<'c>(&self, mut conn: &'c AsyncPgConnection) -> BoxFuture<'c, QueryResult<Vec<T>>> {
        let rows = AsyncConnectionCore::load(&mut conn, self);
        async move {
            let rows = rows.await?.map(|row| T::build_from_row(&row?).map_err(DeserializationError));
            rows.try_collect().await
        }
        .boxed()
    }
}

/// A value that a statement reads as JSON.
#[derive(Debug)]
pub(crate) struct AsJson<T>(pub(crate) T);

impl<T: Serialize + Debug> ToSql<Json, Pg> for AsJson<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}

/// Makes a type with one lifetime, whose SQL never varies, a query that is prepared once and returns `$columns`.
macro_rules! prepared_once {
    ($statement:ident -> $columns:ty) => {
        impl diesel::query_builder::QueryId for $statement<'_> {
            type QueryId = $statement<'static>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl diesel::query_builder::Query for $statement<'_> {
            type SqlType = $columns;
        }
    };
}

pub(crate) use prepared_once;
