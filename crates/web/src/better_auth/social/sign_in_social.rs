use actix_web::{HttpResponse, post};

use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

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
    body.bare_text("provider");
    body.finish()?;
    Err(WireError::provider_not_found())
}
