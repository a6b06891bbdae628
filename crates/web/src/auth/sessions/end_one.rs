use actix_web::{HttpRequest, HttpResponse, delete, web};
use hexado_domain::identity::{SessionId, UserError, Which};

use super::who_ends;
use crate::auth::view::EndedView;
use crate::extract::{Caller, Guest, OwnerInPath};
use crate::problem::Problem;
use crate::state::State;

/// End one of a user's sessions
#[utoipa::path(
    tag = "auth",
    operation_id = "endSessionOfUser",
    params(
        ("user_id" = String, Path, description = "The caller, for whom `me` stands too, or with `session:revoke` any user"),
        ("session_id" = String, Path, description = "From the list"),
    ),
    responses(
        (status = 200, description = "It is gone", body = EndedView),
        (status = 401, description = "Who ends the sessions of others has to authenticate again"),
    )
)]
#[delete("/users/{user_id}/sessions/{session_id}")]
pub(super) async fn end_session(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller,
    OwnerInPath(owner): OwnerInPath,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    let caller = who_ends(&request, caller, &owner).await?;
    let id = request.match_info().get("session_id").and_then(session_id).ok_or(UserError::SessionNotFound)?;
    let is_current = caller.session_id.as_ref() == Some(&id);
    let revoked = state.deps.users.end_sessions(&caller, &visitor, &owner, Which::One(id)).await?;
    if is_current {
        state.options.cookies.take_back(&request);
    }
    Ok(HttpResponse::Ok().json(EndedView { message: "Session ended", revoked }))
}

/// What cannot be an identifier is the identifier of no session.
fn session_id(text: &str) -> Option<SessionId> {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    (plain && (1..=255).contains(&text.len())).then(|| SessionId::from_stored(text))
}
