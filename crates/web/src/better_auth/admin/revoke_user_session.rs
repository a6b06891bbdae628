use actix_web::{HttpResponse, post};

use super::refusal::refused;
use crate::better_auth::answer::{self, Success};
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;
use hexado_domain::access::Permission;

/// End a session of any user's
///
/// By its id, as `list-user-sessions` shows it, or by its token. Answers the same when there is none.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "adminRevokeUserSession",
    request_body = schemas::RevokeUserSession,
    responses(
        (status = 200, description = "There is no such session any more", body = Success),
        (status = 403, description = "The caller may not", body = WireErrorBody),
    )
)]
#[post("/admin/revoke-user-session")]
pub(super) async fn revoke_user_session(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let (name, password) = (body.text("sessionToken"), body.optional_text("password"));
    body.finish()?;
    let actor = visit.recent_administrator(Permission::SessionRevoke, password.as_deref()).await?.actor;
    visit.deps().users.end_session_named(&actor, &visit.visitor(), &name).await.map_err(refused)?;
    Ok(answer::success(None))
}
