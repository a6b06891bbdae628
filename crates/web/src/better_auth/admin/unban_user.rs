use actix_web::{HttpResponse, post};
use hexado_domain::access::Permission;
use hexado_domain::version::Expected;

use super::one;
use super::refusal::refused;
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// Let a user in again
#[utoipa::path(
    tag = "better-auth",
    operation_id = "adminUnbanUser",
    request_body = schemas::OfUser,
    responses(
        (status = 200, description = "The user", body = schemas::OneUser),
        (status = 403, description = "The caller may not", body = WireErrorBody),
        (status = 404, description = "There is no such user", body = WireErrorBody),
    )
)]
#[post("/admin/unban-user")]
pub(super) async fn unban_user(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let (user_id, password) = (body.user_id(), body.optional_text("password"));
    body.finish()?;
    let actor = visit.recent_administrator(Permission::UserBan, password.as_deref()).await?.actor;
    let user = visit.deps().users.unban(&actor, &visit.visitor(), &user_id, &Expected::Any).await;
    Ok(one(&user.map_err(refused)?))
}
