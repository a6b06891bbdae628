use actix_web::{HttpResponse, post};
use hexado_domain::identity::IdentityError;

use super::answer::{self, Status};
use super::error::WireError;
use super::schemas;
use super::visit::Visit;

/// Ask for a link that changes the caller's e-mail address
///
/// Answers the same when another user has the address.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "changeEmail",
    request_body = schemas::ChangeEmail,
    responses((status = 200, description = "A link is on its way", body = Status))
)]
#[post("/change-email")]
pub(super) async fn change_email(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let (new, callback) = (body.email("newEmail"), body.optional_text("callbackURL"));
    let new = body.finish_with(new)?;
    let by = visit.session().await?;
    let callback = visit.callback(callback.as_deref());
    match visit.deps().accounts.change_email(&visit.visitor(), &by, &new, &callback).await {
        Ok(()) => Ok(answer::done()),
        Err(IdentityError::MailOff) => Err(WireError::uncoded("Verification email isn't enabled")),
        Err(error) => Err(error.into()),
    }
}
