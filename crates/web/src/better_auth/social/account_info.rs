use actix_web::{HttpResponse, get};

use super::no_such_account;
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::visit::Visit;

/// Read what a provider knows of the caller
#[utoipa::path(
    tag = "better-auth",
    operation_id = "accountInfo",
    params(("accountId" = Option<String>, Query, description = "Which account")),
    responses((status = 400, description = "The caller has no such account", body = WireErrorBody))
)]
#[get("/account-info")]
pub(super) async fn account_info(visit: Visit) -> Result<HttpResponse, WireError> {
    no_such_account(&visit).await
}
