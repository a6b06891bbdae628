use actix_web::{HttpResponse, post};
use hexado_domain::identity::Which;

use super::answer::{self, Status};
use super::error::WireError;
use super::visit::Visit;

/// End all of the caller's sessions but the present one
#[utoipa::path(
    tag = "better-auth",
    operation_id = "revokeOtherSessions",
    responses((status = 200, description = "They are gone", body = Status))
)]
#[post("/revoke-other-sessions")]
pub(super) async fn revoke_other_sessions(visit: Visit) -> Result<HttpResponse, WireError> {
    let by = visit.session().await?;
    let others = Which::AllBut(by.session.id);
    visit.deps().sessions.revoke(&visit.visitor(), &by.user.id, others).await?;
    Ok(answer::done())
}
