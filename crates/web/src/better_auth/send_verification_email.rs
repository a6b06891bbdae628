use actix_web::{HttpResponse, post};

use super::answer::{self, Status};
use super::error::WireError;
use super::schemas;
use super::visit::Visit;

/// Ask for a link that verifies an e-mail address
///
/// For somebody who is not signed in the answer is the same, in the same time, for an address that has no account.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "sendVerificationEmail",
    request_body = schemas::SendVerificationEmail,
    responses((status = 200, description = "A link is on its way, if it is needed", body = Status))
)]
#[post("/send-verification-email")]
pub(super) async fn send_verification_email(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let (email, callback) = (body.email("email"), body.optional_text("callbackURL"));
    let email = body.finish_with(email)?;
    let by = visit.find_session(true).await?;
    let callback = visit.callback(callback.as_deref());
    let caller = by.as_ref().map(|by| &by.user);
    visit.deps().doors.send_verification(&visit.visitor(), caller, &email, &callback).await?;
    Ok(answer::done())
}
