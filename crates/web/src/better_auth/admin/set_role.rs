use actix_web::{HttpResponse, post};
use hexado_domain::access::Permission;
use hexado_domain::version::Expected;

use super::refusal::refused;
use super::{one, roles};
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// Give a user roles in place of theirs
#[utoipa::path(
    tag = "better-auth",
    operation_id = "adminSetRole",
    request_body = schemas::SetRole,
    responses(
        (status = 200, description = "The user", body = schemas::OneUser),
        (status = 400, description = "There is no such role, it is the caller, or no admin would be left", body = WireErrorBody),
        (status = 403, description = "The caller may not", body = WireErrorBody),
        (status = 404, description = "There is no such user", body = WireErrorBody),
    )
)]
#[post("/admin/set-role")]
pub(super) async fn set_role(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let user_id = body.user_id();
    let role = body.value("role");
    let names = role.as_ref().and_then(roles::texts);
    if names.is_none() {
        body.misfit_of_all("role");
    }
    let password = body.optional_text("password");
    let names = body.finish_with(names)?;
    let actor = visit.recent_administrator(Permission::UserSetRole, password.as_deref()).await?.actor;
    let names = roles::named(&names)?;
    let user = visit.deps().users.set_role(&actor, &visit.visitor(), &user_id, &names, &Expected::Any).await;
    Ok(one(&user.map_err(refused)?))
}
