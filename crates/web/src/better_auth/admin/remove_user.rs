use actix_web::{HttpResponse, post};
use hexado_domain::access::Permission;
use hexado_domain::version::Expected;

use super::refusal::refused;
use crate::better_auth::answer::{self, Success};
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// Delete a user, with all that is theirs
#[utoipa::path(
    tag = "better-auth",
    operation_id = "adminRemoveUser",
    request_body = schemas::OfUser,
    responses(
        (status = 200, description = "They are gone", body = Success),
        (status = 400, description = "It is the caller, or no admin would be left", body = WireErrorBody),
        (status = 403, description = "The caller may not", body = WireErrorBody),
        (status = 404, description = "There is no such user", body = WireErrorBody),
    )
)]
#[post("/admin/remove-user")]
pub(super) async fn remove_user(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let (user_id, password) = (body.user_id(), body.optional_text("password"));
    body.finish()?;
    let actor = visit.recent_administrator(Permission::UserDelete, password.as_deref()).await?.actor;
    let users = &visit.deps().users;
    users.remove(&actor, &visit.visitor(), &user_id, &Expected::Any).await.map_err(refused)?;
    Ok(answer::success(None))
}
