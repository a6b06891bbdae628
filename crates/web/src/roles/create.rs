use actix_web::{HttpRequest, HttpResponse, post, web};

use super::input::CreateInput;
use super::schemas::CreateRole;
use super::view::{self, RoleView};
use crate::extract::{Command, Guest};
use crate::problem::Problem;
use crate::state::State;

/// Create a role
///
/// It can be given only permissions that the caller holds.
#[utoipa::path(
    tag = "roles",
    operation_id = "createRole",
    request_body(content((CreateRole = "application/json", example = json!({
        "name": "support", "description": "Helps users", "permissions": ["task:read-any", "session:*"], "inherits": ["user"],
    })))),
    responses(
        (status = 201, description = "The new role", body = RoleView, headers(
            ("Location" = String, description = "Path of the role, on the base that was used"),
            ("ETag" = String, description = "Version of the role in quotes"),
        )),
    )
)]
#[post("/roles")]
pub(super) async fn create_role(
    request: HttpRequest,
    state: web::Data<State>,
    command: Command<CreateInput>,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    let Command { caller, body: CreateInput(definition), .. } = command;
    let role = state.deps.roles.create(&caller, &visitor, definition).await?;
    Ok(view::created(&request, &role))
}
