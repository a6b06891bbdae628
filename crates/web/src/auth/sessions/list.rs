use actix_web::{HttpResponse, get, web};

use crate::auth::view::SessionView;
use crate::extract::{Caller, OwnerInPath};
use crate::problem::Problem;
use crate::state::State;

/// List a user's live sessions
#[utoipa::path(
    tag = "auth",
    operation_id = "listSessionsOfUser",
    params(("user_id" = String, Path, description = "The caller, for whom `me` stands too, or with `session:list` any user")),
    responses((status = 200, description = "The sessions, the newest first, without their tokens", body = Vec<SessionView>))
)]
#[get("/users/{user_id}/sessions")]
pub(super) async fn list_sessions(
    state: web::Data<State>,
    caller: Caller,
    OwnerInPath(owner): OwnerInPath,
) -> Result<HttpResponse, Problem> {
    let sessions = state.deps.users.sessions(&caller, &owner).await?;
    let current = caller.session_id.as_ref();
    let views: Vec<_> = sessions.iter().map(|session| SessionView::of(session, current)).collect();
    Ok(HttpResponse::Ok().json(views))
}
