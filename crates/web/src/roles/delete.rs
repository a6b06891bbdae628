use actix_web::{HttpRequest, HttpResponse, delete, web};

use super::role_in_path;
use super::schemas::RoleNameInPath;
use super::view::DeletedView;
use crate::extract::{Command, Guest, IfMatchHeader, NoBody};
use crate::problem::Problem;
use crate::state::State;

/// Delete a role
///
/// Not while a user holds it or another role inherits from it.
#[utoipa::path(
    tag = "roles",
    operation_id = "deleteRole",
    params(RoleNameInPath, IfMatchHeader),
    responses((status = 200, description = "The role is gone", body = DeletedView))
)]
#[delete("/roles/{name}")]
pub(super) async fn delete_role(
    request: HttpRequest,
    state: web::Data<State>,
    command: Command<NoBody>,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    let Command { caller, expected, .. } = command;
    let name = role_in_path(&request)?;
    state.deps.roles.remove(&caller, &visitor, &name, &expected).await?;
    Ok(HttpResponse::Ok().json(DeletedView { message: "Role deleted", name: name.as_str() }))
}
