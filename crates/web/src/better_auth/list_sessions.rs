use actix_web::{HttpResponse, get};

use super::answer::SessionObject;
use super::error::WireError;
use super::schemas;
use super::visit::Visit;

/// List the caller's live sessions
///
/// With their tokens, so the session must be fresh.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "listSessions",
    responses((status = 200, description = "The sessions, the newest first", body = Vec<schemas::Session>))
)]
#[get("/list-sessions")]
pub(super) async fn list_sessions(visit: Visit) -> Result<HttpResponse, WireError> {
    let by = visit.fresh_session().await?;
    let sessions = visit.deps().sessions.list_own(&by).await?;
    let own = sessions.iter().filter(|session| session.impersonated_by.is_none());
    Ok(HttpResponse::Ok().json(own.map(SessionObject::from).collect::<Vec<_>>()))
}
