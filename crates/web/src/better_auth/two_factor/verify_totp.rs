use actix_web::{HttpResponse, post};
use hexado_domain::identity::Proof;

use super::verify;
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// Give a code of the authenticator app
///
/// It finishes a sign-in that waits for it. In a session, the first code has the second factor asked for from then on, and a
/// new session takes the place of this one. A code is accepted once.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "verifyTotp",
    request_body = schemas::VerifyTotp,
    responses(
        (status = 200, description = "The user, signed in", body = schemas::Entered),
        (status = 400, description = "No second factor, or too many codes for one sign-in", body = WireErrorBody),
        (status = 401, description = "A wrong code, or no sign-in that waits", body = WireErrorBody),
    )
)]
#[post("/two-factor/verify-totp")]
pub(super) async fn verify_totp(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let code = body.text("code");
    let trust = body.flag("trustDevice").unwrap_or(false);
    body.finish()?;
    verify(&visit, Proof::Totp(&code), trust).await
}
