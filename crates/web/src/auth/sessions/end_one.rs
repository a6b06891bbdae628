use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, delete, web};
use hexado_domain::identity::{SessionId, Which};

use super::check_owner;
use crate::auth::view::EndedView;
use crate::extract::{Caller, Guest, OwnerInPath};
use crate::problem::Problem;
use crate::state::State;

/// End one of a user's sessions
#[utoipa::path(
    tag = "auth",
    operation_id = "endSessionOfUser",
    params(
        ("user_id" = String, Path, description = "The caller; `me` means them too"),
        ("session_id" = String, Path, description = "From the list"),
    ),
    responses((status = 200, description = "It is gone", body = EndedView))
)]
#[delete("/users/{user_id}/sessions/{session_id}")]
pub(super) async fn end_session(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller,
    owner: OwnerInPath,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    check_owner(&caller, &owner)?;
    let id = request.match_info().get("session_id").and_then(session_id).ok_or_else(no_such_session)?;
    let is_current = caller.session_id.as_ref() == Some(&id);
    let revoked = state.deps.sessions.revoke(&visitor, &caller.user_id, Which::One(id)).await?;
    if revoked == 0 {
        return Err(no_such_session());
    }
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

fn no_such_session() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "session_not_found", "there is no such session")
}
