use actix_web::{HttpResponse, get};

use crate::better_auth::answer::redirect;
use crate::better_auth::visit::Visit;

/// Come back from a provider
///
/// Nobody was sent to one, so that this leads to the error page.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "socialCallback",
    params(
        ("provider" = String, Path, description = "Any name"),
        ("state" = Option<String>, Query, description = "What was sent along; nothing was"),
    ),
    responses((status = 302, description = "On to the error page"))
)]
#[get("/callback/{provider}")]
pub(super) async fn callback(visit: Visit) -> HttpResponse {
    let state = visit.query().optional_text("state").filter(|state| !state.is_empty());
    let error = if state.is_some() { "state_mismatch" } else { "state_not_found" };
    redirect(&format!("{}/api/auth/error?error={error}", visit.state().options.public_origin))
}
