use actix_web::{HttpResponse, post};
use hexado_domain::access::rules::Owner;
use serde::Serialize;

use super::refusal::refused;
use crate::better_auth::answer::SessionObject;
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// List a user's live sessions
///
/// Where the original has their tokens stand their ids, by which `revoke-user-session` ends them: who ends sessions need not be
/// able to act in them.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "adminListUserSessions",
    request_body = schemas::OfUser,
    responses(
        (status = 200, description = "The sessions, the newest first", body = schemas::Sessions),
        (status = 403, description = "The caller may not", body = WireErrorBody),
        (status = 404, description = "There is no such user", body = WireErrorBody),
    )
)]
#[post("/admin/list-user-sessions")]
pub(super) async fn list_user_sessions(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let user_id = body.user_id();
    body.finish()?;
    let actor = visit.administrator().await?.actor;
    let sessions = visit.deps().users.sessions(&actor, &Owner::User(user_id)).await.map_err(refused)?;
    Ok(HttpResponse::Ok().json(Answer { sessions: sessions.iter().map(SessionObject::without_token).collect() }))
}

#[derive(Serialize)]
struct Answer<'a> {
    sessions: Vec<SessionObject<'a>>,
}
