use actix_web::{HttpRequest, HttpResponse, patch, web};

use super::input::UpdateInput;
use super::schemas::{UpdateUserById, UserIdInPath};
use super::view::{self, UserDetailsView};
use crate::extract::{Caller, Command, Guest, IfMatchHeader, OwnerInPath, RecentCaller};
use crate::problem::Problem;
use crate::state::State;

/// Change some fields of a user
///
/// JSON Merge Patch (RFC 7396): fields that are left out are kept; `null` clears the picture. Everybody changes their own name
/// and picture; others need `user:update`, and addresses `user:set-email` besides. An address that is not said to be verified is
/// not.
#[utoipa::path(
    tag = "users",
    operation_id = "updateUserById",
    params(UserIdInPath, IfMatchHeader),
    request_body(content(
        (UpdateUserById = "application/json", example = json!({"name": "Ann", "image": null})),
        (UpdateUserById = "application/merge-patch+json", example = json!({"email": "ann@example.org"})),
    )),
    responses(
        (status = 200, description = "The user as they are now", body = UserDetailsView, headers(
            ("ETag" = String, description = "Version of the user in quotes"),
        )),
        (status = 401, description = "Who sets an address has to authenticate again"),
    )
)]
#[patch("/users/{user_id}")]
pub(super) async fn update_user(
    request: HttpRequest,
    state: web::Data<State>,
    OwnerInPath(owner): OwnerInPath,
    command: Command<UpdateInput>,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    let Command { caller, body: UpdateInput(patch), expected, .. } = command;
    // Who sets an address can have a password mailed there.
    let caller = if patch.sets_email() { Caller(RecentCaller::of(&request).await?.0) } else { caller };
    let user = state.deps.users.update(&caller, &visitor, &owner, patch, &expected).await?;
    Ok(view::shown(&user, &state))
}
