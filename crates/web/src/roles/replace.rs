use actix_web::{HttpRequest, HttpResponse, put, web};

use super::input::ReplaceInput;
use super::role_in_path;
use super::schemas::{ReplaceRole, RoleNameInPath};
use super::view::{self, RoleView};
use crate::extract::{Command, Guest, IfMatchHeader};
use crate::problem::Problem;
use crate::state::State;

/// Change a role, giving its permissions
///
/// Optional fields that are left out are kept; `null` clears them. Neither before nor after it may the role, or one that
/// inherits from it, permit what the caller is not permitted.
#[utoipa::path(
    tag = "roles",
    operation_id = "replaceRole",
    params(RoleNameInPath, IfMatchHeader),
    request_body(content((ReplaceRole = "application/json", example = json!({
        "description": null, "permissions": ["task:*"], "inherits": ["user"],
    })))),
    responses(
        (status = 200, description = "The role as it is now", body = RoleView, headers(
            ("ETag" = String, description = "Version of the role in quotes"),
        )),
    )
)]
#[put("/roles/{name}")]
pub(super) async fn replace_role(
    request: HttpRequest,
    state: web::Data<State>,
    command: Command<ReplaceInput>,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    let Command { caller, body: ReplaceInput(patch), expected, .. } = command;
    let role = state.deps.roles.replace(&caller, &visitor, &role_in_path(&request)?, patch, &expected).await?;
    Ok(view::shown(&role))
}
