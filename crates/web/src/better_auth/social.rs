//! Routes of foreign providers. None is configured here, and the answers are those of an instance without providers.

use actix_web::{HttpResponse, get, post};
use hexado_domain::identity::IdentityError;

use super::error::{WireError, WireErrorBody};
use super::input::Input;
use super::schemas;
use super::visit::Visit;

/// Sign in at a provider
#[utoipa::path(
    tag = "better-auth",
    operation_id = "signInSocial",
    request_body = schemas::Provider,
    responses((status = 404, description = "There is no such provider", body = WireErrorBody))
)]
#[post("/sign-in/social")]
pub(super) async fn sign_in_social(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    body.text("provider");
    body.finish()?;
    Err(WireError::provider_not_found())
}

/// Link a provider's account
#[utoipa::path(
    tag = "better-auth",
    operation_id = "linkSocial",
    request_body = schemas::Provider,
    responses((status = 404, description = "There is no such provider", body = WireErrorBody))
)]
#[post("/link-social")]
pub(super) async fn link_social(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    body.text("provider");
    body.finish()?;
    visit.session().await?;
    Err(WireError::provider_not_found())
}

/// Read a provider's access token
#[utoipa::path(
    tag = "better-auth",
    operation_id = "getAccessToken",
    request_body = schemas::ProviderAccount,
    responses((status = 400, description = "The caller has no such account", body = WireErrorBody))
)]
#[post("/get-access-token")]
pub(super) async fn get_access_token(visit: Visit) -> Result<HttpResponse, WireError> {
    no_such_account(&visit, visit.body()?).await
}

/// Refresh a provider's access token
#[utoipa::path(
    tag = "better-auth",
    operation_id = "refreshToken",
    request_body = schemas::ProviderAccount,
    responses((status = 400, description = "The caller has no such account", body = WireErrorBody))
)]
#[post("/refresh-token")]
pub(super) async fn refresh_token(visit: Visit) -> Result<HttpResponse, WireError> {
    no_such_account(&visit, visit.body()?).await
}

/// Read what a provider knows of the caller
#[utoipa::path(
    tag = "better-auth",
    operation_id = "accountInfo",
    params(("accountId" = Option<String>, Query, description = "Which account")),
    responses((status = 400, description = "The caller has no such account", body = WireErrorBody))
)]
#[get("/account-info")]
pub(super) async fn account_info(visit: Visit) -> Result<HttpResponse, WireError> {
    no_such_account(&visit, visit.query()).await
}

async fn no_such_account(visit: &Visit, mut input: Input) -> Result<HttpResponse, WireError> {
    input.optional_text("accountId");
    input.finish()?;
    visit.session().await?;
    Err(IdentityError::AccountNotFound.into())
}
