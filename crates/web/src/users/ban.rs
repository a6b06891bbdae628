use actix_web::{HttpResponse, post, web};

use super::input::BanInput;
use super::schemas::{BanUserById, UserIdInPath};
use super::view::{self, UserDetailsView};
use crate::extract::{Command, Guest, IfMatchHeader, OwnerInPath, RecentCommand};
use crate::problem::Problem;
use crate::state::State;

/// Ban a user
///
/// Ends all their sessions and refuses their tokens: here at once, and on every other instance within a second. Not oneself,
/// nobody who may do what the caller may not, and never the last admin.
#[utoipa::path(
    tag = "users",
    operation_id = "banUserById",
    params(UserIdInPath, IfMatchHeader),
    request_body(content((BanUserById = "application/json", example = json!({
        "reason": "Shares spam", "expires_at": "2099-12-31T00:00:00Z",
    })))),
    responses(
        (status = 200, description = "The user as they are now", body = UserDetailsView, headers(
            ("ETag" = String, description = "Version of the user in quotes"),
        )),
        (status = 401, description = "The caller has to authenticate again"),
    )
)]
#[post("/users/{user_id}/ban")]
pub(super) async fn ban_user(
    state: web::Data<State>,
    OwnerInPath(owner): OwnerInPath,
    RecentCommand(command): RecentCommand<BanInput>,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    let Command { caller, body: BanInput(ban), expected, .. } = command;
    let user = state.deps.users.ban(&caller, &visitor, owner.of(&caller.user_id), ban, &expected).await?;
    Ok(view::shown(&user, &state))
}
