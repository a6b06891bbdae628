use actix_web::{HttpResponse, post};

use super::error::WireError;
use super::visit::Visit;

/// Change fields of the session
///
/// Sessions have no fields here that a client may change, so the answer is what the original gives in that case.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "updateSession",
    request_body = Object,
    responses((status = 400, description = "Nothing can be changed", body = super::error::WireErrorBody))
)]
#[post("/update-session")]
pub(super) async fn update_session(visit: Visit) -> Result<HttpResponse, WireError> {
    let body = visit.record()?;
    visit.session().await?;
    body.refuse(&["impersonatedBy"])?;
    Err(WireError::uncoded("No fields to update"))
}
