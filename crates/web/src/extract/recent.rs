use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use hexado_domain::actor::Actor;

use super::body::FromBody;
use super::caller::Caller;
use super::command::Command;
use super::credential::credential;
use crate::problem::Problem;
use crate::state::State;

/// The caller, by the stores and not from memory, who authenticated recently enough for something sensitive. For everybody
/// else the answer tells how to (RFC 9470).
///
/// A handler that takes one says in its documentation `(status = 401, description = "…")`: then the whole of that answer is
/// described.
#[derive(Clone, Debug)]
#[expect(dead_code, reason = "for routes that are still to come")]
pub(crate) struct RecentCaller(pub Actor);

impl Deref for RecentCaller {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.0
    }
}

impl RecentCaller {
    #[expect(dead_code, reason = "for routes that are still to come")]
    async fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let state = request.app_data::<web::Data<State>>().ok_or_else(Problem::internal)?;
        let credential = credential(request.head(), &state.options)?;
        Ok(Self(state.deps.identity.authenticate_recent(credential).await?))
    }
}

impl FromRequest for RecentCaller {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move { Self::of(&request).await }.boxed_local()
    }
}

/// A [`Command`] of a [`RecentCaller`].
#[derive(Debug)]
#[expect(dead_code, reason = "for routes that are still to come")]
pub(crate) struct RecentCommand<T>(pub Command<T>);

impl<T: FromBody> FromRequest for RecentCommand<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        let command = async move {
            let RecentCaller(actor) = RecentCaller::of(&request).await?;
            Command::by(Caller(actor), &request).map(Self)
        };
        command.boxed_local()
    }
}
