use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get};
use hexado_domain::identity::{IdentityError, SignedIn};

use super::answer::{self, Success};
use super::error::WireError;
use super::visit::Visit;

/// Delete the caller's account by a mailed link
#[utoipa::path(
    tag = "better-auth",
    operation_id = "deleteUserCallback",
    params(
        ("token" = String, Query, description = "From the mail"),
        ("callbackURL" = Option<String>, Query, description = "Where to go then"),
    ),
    responses(
        (status = 200, description = "It is gone", body = Success),
        (status = 302, description = "It is gone; on to `callbackURL`"),
        (status = 404, description = "Nobody is signed in, or the token is not theirs", body = super::error::WireErrorBody),
    )
)]
#[get("/delete-user/callback")]
pub(super) async fn delete_user_callback(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut query = visit.query();
    let (token, callback) = (query.text("token"), query.optional_text("callbackURL"));
    query.finish()?;
    let by = visit
        .find_session(true)
        .await?
        .ok_or_else(|| WireError::new(StatusCode::NOT_FOUND, "FAILED_TO_GET_USER_INFO", "Failed to get user info"))?;
    delete_by_token(&visit, &by, &token).await?;
    Ok(match callback {
        Some(callback) => answer::redirect(visit.callback(Some(&callback)).as_str()),
        None => answer::success(Some("User deleted")),
    })
}

/// Deletes the account and takes the cookies back.
pub(super) async fn delete_by_token(visit: &Visit, by: &SignedIn, token: &str) -> Result<(), WireError> {
    match visit.deps().accounts.delete_by_token(&visit.visitor(), by, token).await {
        Ok(()) => {
            visit.take_back();
            Ok(())
        }
        Err(error @ IdentityError::InvalidToken) => Err(WireError::from(error).with_status(StatusCode::NOT_FOUND)),
        Err(error) => Err(error.into()),
    }
}
