use actix_web::http::StatusCode;
use actix_web::{HttpResponse, post};

use super::error::{WireError, WireErrorBody};

/// Refused: sessions are extended when they are read
#[utoipa::path(
    tag = "better-auth",
    operation_id = "postSession",
    responses((status = 405, description = "Always", body = WireErrorBody))
)]
#[post("/get-session")]
pub(super) async fn post_session() -> Result<HttpResponse, WireError> {
    let code = "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED";
    let message = "POST method requires deferSessionRefresh to be enabled in session config";
    Err(WireError::new(StatusCode::METHOD_NOT_ALLOWED, code, message))
}
