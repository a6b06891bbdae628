//! A user's sessions, for the user themselves.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, delete, get, web};
use hexado_domain::access::rules::Owner;
use hexado_domain::identity::{SessionId, Which};

use super::view::{EndedView, SessionView};
use crate::extract::{Caller, Guest, OwnerInPath, QueryReader};
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

/// End a user's sessions
///
/// The present one too, unless it shall stay.
#[utoipa::path(
    tag = "auth",
    operation_id = "endSessionsOfUser",
    params(
        ("user_id" = String, Path, description = "The caller; `me` means them too"),
        ("keep_current" = Option<bool>, Query, description = "Whether the session of this request stays"),
    ),
    responses((status = 200, description = "How many there were", body = EndedView))
)]
#[delete("/users/{user_id}/sessions")]
pub(super) async fn end_sessions(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller,
    owner: OwnerInPath,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    check_owner(&caller, &owner)?;
    let mut query = QueryReader::new(&request, &["keep_current"])?;
    let keep_current = query.flag("keep_current");
    query.finish()?;
    let which = match caller.session_id.clone().filter(|_| keep_current) {
        Some(current) => Which::AllBut(current),
        None => Which::All,
    };
    if which == Which::All {
        state.options.cookies.take_back(&request);
    }
    let revoked = state.deps.sessions.revoke(&visitor, &caller.user_id, which).await?;
    Ok(HttpResponse::Ok().json(EndedView { message: "Sessions ended", revoked }))
}

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

fn check_owner(caller: &Caller, OwnerInPath(owner): &OwnerInPath) -> Result<(), Problem> {
    match owner {
        Owner::User(user_id) if *user_id != caller.user_id => {
            Err(Problem::new(StatusCode::FORBIDDEN, "user_mismatch", "the user in the path is not the caller"))
        }
        Owner::User(_) | Owner::Caller => Ok(()),
    }
}

/// What cannot be an identifier is the identifier of no session.
fn session_id(text: &str) -> Option<SessionId> {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    (plain && (1..=255).contains(&text.len())).then(|| SessionId::from_stored(text))
}

fn no_such_session() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "session_not_found", "there is no such session")
}
