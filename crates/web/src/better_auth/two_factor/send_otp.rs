use actix_web::{HttpResponse, post};

use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::visit::Visit;

/// Ask for a code by mail or SMS
#[utoipa::path(
    tag = "better-auth",
    operation_id = "sendTwoFactorOtp",
    responses((status = 400, description = "Such codes are not sent here", body = WireErrorBody))
)]
#[post("/two-factor/send-otp")]
pub(super) async fn send_otp(_: Visit) -> Result<HttpResponse, WireError> {
    Err(WireError::bad_request("OTP_NOT_CONFIGURED", "otp isn't configured"))
}
