use actix_web::{HttpResponse, post};

use super::answer::{self, Success};
use super::error::WireError;
use super::visit::Visit;

/// Sign out
///
/// Answers the same when nobody was signed in.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "signOut",
    responses((status = 200, description = "The session is gone, and so are its cookies", body = Success))
)]
#[post("/sign-out")]
pub(super) async fn sign_out(visit: Visit) -> Result<HttpResponse, WireError> {
    if let Some(token) = visit.token() {
        visit.deps().sessions.sign_out(&visit.visitor(), &token).await?;
    }
    visit.take_back();
    Ok(answer::success(None))
}
