use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get};
use hexado_domain::error::{ErrorKind, Fault};
use hexado_domain::identity::{IdentityError, UserObject};
use serde::Serialize;

use super::answer;
use super::error::WireError;
use super::visit::Visit;

#[derive(Serialize)]
struct Answer<'a> {
    status: bool,
    /// The user whose address changed.
    user: Option<UserObject<'a>>,
}

/// Follow a mailed link that verifies or changes an e-mail address
#[utoipa::path(
    tag = "better-auth",
    operation_id = "verifyEmail",
    params(
        ("token" = String, Query, description = "From the mail"),
        ("callbackURL" = Option<String>, Query, description = "Where to go then"),
    ),
    responses(
        (status = 200, description = "It is verified", body = Object),
        (status = 302, description = "On to `callbackURL`, with `error` if it is not verified"),
        (status = 401, description = "The token is invalid or expired", body = super::error::WireErrorBody),
    )
)]
#[get("/verify-email")]
pub(super) async fn verify_email(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut query = visit.query();
    let (token, callback) = (query.text("token"), query.optional_text("callbackURL"));
    query.finish()?;
    let target = visit.callback(callback.as_deref());
    let by = visit.find_session(true).await?;
    let caller = by.as_ref().map(|by| &by.user);
    let verdict = visit.deps().doors.verify_email(&visit.visitor(), caller, &token, &target).await;
    if let (Ok(Some(_)), Some(by)) = (&verdict, &by) {
        visit.hand_out(&by.session, visit.remembers());
    }
    match (verdict, callback) {
        (Ok(changed), None) => {
            Ok(HttpResponse::Ok().json(Answer { status: true, user: changed.as_ref().map(UserObject::from) }))
        }
        (Ok(_), Some(_)) => Ok(answer::redirect(target.as_str())),
        (Err(error), callback) => {
            let error = refusal(error);
            match (callback, error.code()) {
                (Some(_), Some(code)) if error.is_refusal() => Ok(answer::redirect(&target.with("error", code))),
                _ => Err(error),
            }
        }
    }
}

/// What is wrong with the link is told with 401.
fn refusal(error: IdentityError) -> WireError {
    let is_ours = matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Internal);
    let is_taken = matches!(error, IdentityError::EmailTaken);
    let error = WireError::from(error);
    if is_ours || is_taken { error } else { error.with_status(StatusCode::UNAUTHORIZED) }
}
