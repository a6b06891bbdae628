//! Routes of foreign providers. None is configured here, and the answers are those of an instance without providers.

mod account_info;
mod callback;
mod get_access_token;
mod link_social;
mod refresh_token;
mod sign_in_social;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use hexado_domain::identity::IdentityError;

use super::error::WireError;
use super::visit::Visit;

use crate::routes::Routes;

pub(super) fn register(routes: &mut Routes<'_>) {
    routes
        .service(sign_in_social::sign_in_social)
        .service(link_social::link_social)
        .service(get_access_token::get_access_token)
        .service(refresh_token::refresh_token)
        .service(account_info::account_info)
        .service(callback::callback);
}

/// What is asked of an account of a provider, which nobody has.
async fn no_such_account(visit: &Visit) -> Result<HttpResponse, WireError> {
    if visit.find_session(true).await?.is_none() {
        return Err(WireError::bare(StatusCode::UNAUTHORIZED, "unauthorized"));
    }
    Err(IdentityError::AccountNotFound.into())
}

/// Refuses a body that does not say which account is meant.
fn check_selection(visit: &Visit) -> Result<(), WireError> {
    let mut body = visit.body()?;
    if body.optional_text("accountId").is_some() || body.flag("useAccountCookie") == Some(true) {
        return Ok(());
    }
    Err(WireError::bad_request("VALIDATION_ERROR", "[body] Invalid input"))
}
