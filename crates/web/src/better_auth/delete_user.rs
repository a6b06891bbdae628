use actix_web::{HttpResponse, post};
use hexado_domain::identity::{Deletion, IdentityError};

use super::answer::{self, Success};
use super::delete_user_callback::delete_by_token;
use super::error::WireError;
use super::input::present_password;
use super::schemas;
use super::visit::Visit;

/// Delete the caller's account
///
/// By the password or by a mailed token; with neither, a link is mailed.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "deleteUser",
    request_body = Option<schemas::DeleteUser>,
    responses((status = 200, description = "It is gone, or a link is on its way", body = Success))
)]
#[post("/delete-user")]
pub(super) async fn delete_user(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let (password, token) = (body.optional_text("password"), body.optional_text("token"));
    let callback = body.optional_text("callbackURL");
    body.finish()?;
    let by = visit.session().await?;
    if let Some(token) = token {
        delete_by_token(&visit, &by, &token).await?;
        return Ok(answer::success(Some("User deleted")));
    }
    let password = password.as_deref().map(present_password).transpose()?;
    let callback = visit.callback(callback.as_deref());
    match visit.deps().accounts.delete(&visit.visitor(), &by, password.as_ref(), &callback).await {
        Ok(Deletion::Done) => {
            visit.take_back();
            Ok(answer::success(Some("User deleted")))
        }
        Ok(Deletion::Mailed) => Ok(answer::success(Some("Verification email sent"))),
        Err(IdentityError::NotFresh) => {
            let message = "Session expired. Re-authenticate to perform this action.";
            Err(WireError::bad_request("SESSION_EXPIRED", message))
        }
        Err(error) => Err(error.into()),
    }
}
