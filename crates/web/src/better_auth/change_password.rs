use actix_web::{HttpResponse, post};

use super::answer::Entered;
use super::error::WireError;
use super::input::{new_password, password};
use super::schemas;
use super::visit::Visit;

/// Change the caller's password
#[utoipa::path(
    tag = "better-auth",
    operation_id = "changePassword",
    request_body = schemas::ChangePassword,
    responses((status = 200, description = "It is changed; `token` is of the new session, if all others were ended", body = schemas::Entered))
)]
#[post("/change-password")]
pub(super) async fn change_password(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let (new, current) = (body.text("newPassword"), body.text("currentPassword"));
    let end_sessions = body.flag("revokeOtherSessions").unwrap_or(false);
    body.finish()?;
    let by = visit.session().await?;
    let (new, current) = (new_password(&new)?, password(&current)?);
    let accounts = &visit.deps().accounts;
    let session = accounts.change_password(&visit.visitor(), &by, &current, &new, end_sessions).await?;
    if let Some(session) = &session {
        visit.hand_out(session, visit.remembers());
    }
    let token = session.as_ref().map(|session| session.token.as_str());
    Ok(HttpResponse::Ok().json(Entered { token, user: (&by.user).into() }))
}
