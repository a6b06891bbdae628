use actix_web::{HttpResponse, post};

use super::signed_in;
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// Stop acting as another user
///
/// By the cookie that was set when that began.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "stopImpersonating",
    responses(
        (status = 200, description = "The caller, in their own session", body = schemas::SessionAndUser),
        (status = 400, description = "The caller acts as nobody else", body = WireErrorBody),
        (status = 500, description = "The caller's own session has ended, or its cookie is missing", body = WireErrorBody),
    )
)]
#[post("/admin/stop-impersonating")]
pub(super) async fn stop_impersonating(visit: Visit) -> Result<HttpResponse, WireError> {
    let by = visit.administrator().await?.signed_in;
    let (token, remember) = visit.own_session().unzip();
    let own = visit.deps().impersonations.stop(&visit.visitor(), &by, token.as_ref()).await?;
    visit.cookies(|cookies, request, signer| {
        cookies.end_impersonation(request, signer, &own.session, remember.unwrap_or(true));
    });
    Ok(signed_in(&own))
}
