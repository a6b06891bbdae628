use actix_web::{HttpResponse, post};

use super::{check_selection, no_such_account};
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// Refresh a provider's access token
#[utoipa::path(
    tag = "better-auth",
    operation_id = "refreshToken",
    request_body = schemas::ProviderAccount,
    responses((status = 400, description = "The caller has no such account", body = WireErrorBody))
)]
#[post("/refresh-token")]
pub(super) async fn refresh_token(visit: Visit) -> Result<HttpResponse, WireError> {
    check_selection(&visit)?;
    no_such_account(&visit).await
}
