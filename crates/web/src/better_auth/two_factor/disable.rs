use actix_web::{HttpResponse, post};

use crate::better_auth::answer::{self, Status};
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::input::present_password;
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// Take the second factor away
///
/// No device is trusted any more, and a new session takes the place of this one.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "disableTwoFactor",
    request_body = schemas::VerifyPassword,
    responses(
        (status = 200, description = "It is gone", body = Status),
        (status = 400, description = "A wrong password", body = WireErrorBody),
    )
)]
#[post("/two-factor/disable")]
pub(super) async fn disable(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let password = body.text("password");
    body.finish()?;
    let by = visit.session().await?;
    let (password, remember) = (present_password(&password)?, visit.remembers());
    let session = visit.deps().two_factor.disable(&visit.visitor(), &by, &password, remember).await?;
    visit.hand_out(&session, remember);
    visit.cookies(|cookies, request, signer| {
        if cookies.device(request.headers(), signer).is_some() {
            cookies.forget_device(request);
        }
    });
    Ok(answer::done())
}
