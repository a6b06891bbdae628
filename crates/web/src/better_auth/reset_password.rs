use actix_web::{HttpResponse, post};
use hexado_domain::identity::IdentityError;

use super::answer::{self, Status};
use super::error::WireError;
use super::input::new_password;
use super::schemas;
use super::visit::Visit;

/// Set a new password by a mailed token
///
/// A token works once.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "resetPassword",
    params(("token" = Option<String>, Query, description = "From the mail, if it is not in the body")),
    request_body = schemas::ResetPassword,
    responses((status = 200, description = "It is set", body = Status))
)]
#[post("/reset-password")]
pub(super) async fn reset_password(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let (password, token) = (body.text("newPassword"), body.optional_text("token"));
    body.finish()?;
    let token = token.or_else(|| visit.query().optional_text("token")).ok_or(IdentityError::InvalidToken)?;
    let password = new_password(&password)?;
    visit.deps().doors.reset_password(&visit.visitor(), &token, &password).await?;
    Ok(answer::done())
}
