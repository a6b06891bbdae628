use actix_web::{HttpResponse, post};

use super::refusal::refused;
use crate::better_auth::answer::{self, Status};
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::input::new_password;
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;
use hexado_domain::access::Permission;

/// Set a user's password
///
/// Their sessions stay.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "adminSetUserPassword",
    request_body = schemas::SetUserPassword,
    responses(
        (status = 200, description = "It is set", body = Status),
        (status = 403, description = "The caller may not", body = WireErrorBody),
        (status = 404, description = "There is no such user", body = WireErrorBody),
    )
)]
#[post("/admin/set-user-password")]
pub(super) async fn set_user_password(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    body.refuse_empty("newPassword");
    let new = body.text("newPassword");
    body.refuse_empty("userId");
    let user_id = body.user_id();
    let password = body.optional_text("password");
    body.finish()?;
    let actor = visit.recent_administrator(Permission::UserSetPassword, password.as_deref()).await?.actor;
    let users = &visit.deps().users;
    users.set_password(&actor, &visit.visitor(), &user_id, &new_password(&new)?).await.map_err(refused)?;
    Ok(answer::done())
}
