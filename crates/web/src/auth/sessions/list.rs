use actix_web::{HttpResponse, get, web};

use super::check_owner;
use crate::auth::view::SessionView;
use crate::extract::{Caller, OwnerInPath};
use crate::problem::Problem;
use crate::state::State;

/// List a user's live sessions
#[utoipa::path(
    tag = "auth",
    operation_id = "listSessionsOfUser",
    params(("user_id" = String, Path, description = "The caller; `me` means them too")),
    responses((status = 200, description = "The sessions, the newest first, without their tokens", body = Vec<SessionView>))
)]
#[get("/users/{user_id}/sessions")]
pub(super) async fn list_sessions(
    state: web::Data<State>,
    caller: Caller,
    owner: OwnerInPath,
) -> Result<HttpResponse, Problem> {
    check_owner(&caller, &owner)?;
    let sessions = state.deps.sessions.list(&caller.user_id).await?;
    let current = caller.session_id.as_ref();
    let views: Vec<_> = sessions.iter().map(|session| SessionView::of(session, current)).collect();
    Ok(HttpResponse::Ok().json(views))
}
