use actix_web::{HttpResponse, post};

use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// Give a code that came by mail or SMS
///
/// None is ever sent, so each counts as expired.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "verifyTwoFactorOtp",
    request_body = schemas::VerifyTotp,
    responses(
        (status = 400, description = "There is no such code", body = WireErrorBody),
        (status = 401, description = "No sign-in that waits", body = WireErrorBody),
    )
)]
#[post("/two-factor/verify-otp")]
pub(super) async fn verify_otp(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    body.text("code");
    body.flag("trustDevice");
    body.finish()?;
    if visit.find_session(true).await?.is_none() {
        visit.deps().two_factor.needs_waiting(&visit.challenge()?).await?;
    }
    Err(WireError::bad_request("OTP_HAS_EXPIRED", "OTP has expired"))
}
