use actix_web::{HttpResponse, post};
use hexado_domain::identity::{SessionToken, Which};

use super::answer::{self, Status};
use super::error::WireError;
use super::schemas;
use super::visit::Visit;

/// End one of the caller's sessions by its token
///
/// Answers the same for a token that is no session's of theirs.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "revokeSession",
    request_body = schemas::RevokeSession,
    responses((status = 200, description = "There is no such session of the caller's any more", body = Status))
)]
#[post("/revoke-session")]
pub(super) async fn revoke_session(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let token = body.text("token");
    body.finish()?;
    let by = visit.session().await?;
    let Some(token) = SessionToken::parse(&token) else { return Ok(answer::done()) };
    let is_own = token == by.session.token;
    visit.deps().sessions.revoke(&visit.visitor(), &by.user.id, Which::OfToken(token)).await?;
    if is_own {
        visit.take_back();
    }
    Ok(answer::done())
}
