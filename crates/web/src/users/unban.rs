use actix_web::{HttpResponse, delete, web};

use super::schemas::UserIdInPath;
use super::view::{self, UserDetailsView};
use crate::extract::{Command, Guest, IfMatchHeader, NoBody, OwnerInPath};
use crate::problem::Problem;
use crate::state::State;

/// Lift the ban of a user
///
/// Who is not banned stays as they are.
#[utoipa::path(
    tag = "users",
    operation_id = "unbanUserById",
    params(UserIdInPath, IfMatchHeader),
    responses(
        (status = 200, description = "The user as they are now", body = UserDetailsView, headers(
            ("ETag" = String, description = "Version of the user in quotes"),
        )),
    )
)]
#[delete("/users/{user_id}/ban")]
pub(super) async fn unban_user(
    state: web::Data<State>,
    OwnerInPath(owner): OwnerInPath,
    command: Command<NoBody>,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    let Command { caller, expected, .. } = command;
    let user = state.deps.users.unban(&caller, &visitor, owner.of(&caller.user_id), &expected).await?;
    Ok(view::shown(&user, &state))
}
