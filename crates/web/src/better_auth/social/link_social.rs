use actix_web::{HttpResponse, post};

use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

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
    body.bare_text("provider");
    body.finish()?;
    visit.session().await?;
    Err(WireError::provider_not_found())
}
