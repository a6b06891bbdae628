use actix_web::{HttpResponse, delete, web};

use super::schemas::UserIdInPath;
use super::view::DeletedView;
use crate::extract::{Command, Guest, IfMatchHeader, NoBody, OwnerInPath, RecentCommand};
use crate::problem::Problem;
use crate::state::State;

/// Delete a user, with all that is theirs
///
/// Not oneself, nobody who may do what the caller may not, and never the last admin.
#[utoipa::path(
    tag = "users",
    operation_id = "deleteUserById",
    params(UserIdInPath, IfMatchHeader),
    responses(
        (status = 200, description = "The user is gone", body = DeletedView),
        (status = 401, description = "The caller has to authenticate again"),
    )
)]
#[delete("/users/{user_id}")]
pub(super) async fn delete_user(
    state: web::Data<State>,
    OwnerInPath(owner): OwnerInPath,
    RecentCommand(command): RecentCommand<NoBody>,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    let Command { caller, expected, .. } = command;
    let user_id = owner.of(&caller.user_id);
    state.deps.users.remove(&caller, &visitor, user_id, &expected).await?;
    Ok(HttpResponse::Ok().json(DeletedView { message: "User deleted", id: user_id.as_str() }))
}
