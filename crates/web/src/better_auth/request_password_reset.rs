use actix_web::{HttpResponse, post};
use hexado_domain::identity::IdentityError;

use super::answer::{self, Status};
use super::error::WireError;
use super::schemas;
use super::visit::Visit;

const ANSWER: &str = "If this email exists in our system, check your email for the reset link";

/// Ask for a link that sets a new password
///
/// Answers the same, in the same time, for an address that has no account.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "requestPasswordReset",
    request_body = schemas::RequestPasswordReset,
    responses((status = 200, description = "A link is on its way, if the address has an account", body = Status))
)]
#[post("/request-password-reset")]
pub(super) async fn request_password_reset(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let (email, redirect) = (body.email("email"), body.optional_text("redirectTo"));
    let email = body.finish_with(email)?;
    let redirect = visit.callback(redirect.as_deref());
    match visit.deps().doors.request_password_reset(&visit.visitor(), &email, &redirect).await {
        Ok(()) => Ok(answer::done_with(ANSWER)),
        Err(IdentityError::MailOff) => {
            Err(WireError::bad_request("RESET_PASSWORD_DISABLED", "Reset password isn't enabled"))
        }
        Err(error) => Err(error.into()),
    }
}
