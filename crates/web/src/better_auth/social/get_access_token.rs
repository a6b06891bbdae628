use actix_web::{HttpResponse, post};

use super::{check_selection, no_such_account};
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// Read a provider's access token
#[utoipa::path(
    tag = "better-auth",
    operation_id = "getAccessToken",
    request_body = schemas::ProviderAccount,
    responses((status = 400, description = "The caller has no such account", body = WireErrorBody))
)]
#[post("/get-access-token")]
pub(super) async fn get_access_token(visit: Visit) -> Result<HttpResponse, WireError> {
    check_selection(&visit)?;
    no_such_account(&visit).await
}
