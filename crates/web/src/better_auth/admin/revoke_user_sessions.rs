use actix_web::{HttpResponse, post};
use hexado_domain::access::Permission;
use hexado_domain::access::rules::Owner;
use hexado_domain::identity::Which;

use super::refusal::refused;
use crate::better_auth::answer::{self, Success};
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// End all sessions of a user
#[utoipa::path(
    tag = "better-auth",
    operation_id = "adminRevokeUserSessions",
    request_body = schemas::OfUser,
    responses(
        (status = 200, description = "They are gone", body = Success),
        (status = 403, description = "The caller may not", body = WireErrorBody),
        (status = 404, description = "There is no such user", body = WireErrorBody),
    )
)]
#[post("/admin/revoke-user-sessions")]
pub(super) async fn revoke_user_sessions(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let (user_id, password) = (body.user_id(), body.optional_text("password"));
    body.finish()?;
    let actor = visit.recent_administrator(Permission::SessionRevoke, password.as_deref()).await?.actor;
    let (users, owner) = (&visit.deps().users, Owner::User(user_id));
    users.end_sessions(&actor, &visit.visitor(), &owner, Which::All).await.map_err(refused)?;
    Ok(answer::success(None))
}
