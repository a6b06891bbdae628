use actix_web::{HttpResponse, post};
use hexado_domain::access::Permission;

use super::refusal::of_target;
use super::signed_in;
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// Act as another user for an hour
///
/// The browser keeps the caller's own session in a cookie until they stop.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "impersonateUser",
    request_body = schemas::OfUser,
    responses(
        (status = 200, description = "The user, and a session of theirs for the caller", body = schemas::SessionAndUser),
        (status = 403, description = "The caller may not, or not as this user, or acts as another one", body = WireErrorBody),
        (status = 404, description = "There is no such user", body = WireErrorBody),
    )
)]
#[post("/admin/impersonate-user")]
pub(super) async fn impersonate_user(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let (user_id, password) = (body.user_id(), body.optional_text("password"));
    body.finish()?;
    let by = visit.recent_administrator(Permission::UserImpersonate, password.as_deref()).await?.signed_in;
    let impersonations = &visit.deps().impersonations;
    let started = impersonations.start(&visit.visitor(), &by, &user_id).await.map_err(of_target)?;
    visit.cookies(|cookies, request, signer| {
        cookies.begin_impersonation(request, signer, &by.session, &started.session);
    });
    Ok(signed_in(&started))
}
