use actix_web::{HttpResponse, post};
use hexado_domain::identity::Which;

use super::answer::{self, Status};
use super::error::WireError;
use super::visit::Visit;

/// End all of the caller's sessions, the present one too
#[utoipa::path(
    tag = "better-auth",
    operation_id = "revokeSessions",
    responses((status = 200, description = "They are gone", body = Status))
)]
#[post("/revoke-sessions")]
pub(super) async fn revoke_sessions(visit: Visit) -> Result<HttpResponse, WireError> {
    let by = visit.session().await?;
    visit.deps().sessions.revoke(&visit.visitor(), &by.user.id, Which::All).await?;
    visit.take_back();
    Ok(answer::done())
}
