use actix_web::{HttpResponse, put, web};

use super::input::RoleInput;
use super::schemas::{SetRoleOfUser, UserIdInPath};
use super::view::{self, UserDetailsView};
use crate::extract::{Command, Guest, IfMatchHeader, OwnerInPath, RecentCommand};
use crate::problem::Problem;
use crate::state::State;

/// Give a user other roles
///
/// In place of those that they have. Not one's own; neither before nor after it may they permit what the caller is not
/// permitted; and the last admin stays one. Of two such requests at the same moment one is 409, or 412 with `If-Match`.
#[utoipa::path(
    tag = "users",
    operation_id = "setRoleOfUser",
    params(UserIdInPath, IfMatchHeader),
    request_body(content((SetRoleOfUser = "application/json", example = json!({"role": ["user", "support"]})))),
    responses(
        (status = 200, description = "The user as they are now", body = UserDetailsView, headers(
            ("ETag" = String, description = "Version of the user in quotes"),
        )),
        (status = 401, description = "The caller has to authenticate again"),
    )
)]
#[put("/users/{user_id}/role")]
pub(super) async fn set_role(
    state: web::Data<State>,
    OwnerInPath(owner): OwnerInPath,
    RecentCommand(command): RecentCommand<RoleInput>,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    let Command { caller, body: RoleInput(roles), expected, .. } = command;
    let user = state.deps.users.set_role(&caller, &visitor, owner.of(&caller.user_id), &roles, &expected).await?;
    Ok(view::shown(&user, &state))
}
