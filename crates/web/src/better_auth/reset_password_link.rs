use actix_web::{HttpResponse, get};

use super::answer;
use super::error::WireError;
use super::visit::Visit;

/// Follow a mailed link to where a new password is asked for
#[utoipa::path(
    tag = "better-auth",
    operation_id = "resetPasswordLink",
    params(
        ("token" = String, Path, description = "From the mail"),
        ("callbackURL" = String, Query, description = "The page that asks for the new password"),
    ),
    responses((status = 302, description = "On to that page, with `token` or with `error`"))
)]
#[get("/reset-password/{token}")]
pub(super) async fn reset_password_link(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut query = visit.query();
    let callback = query.text("callbackURL");
    query.finish()?;
    let callback = visit.callback(Some(&callback));
    let token = visit.path_part("token");
    let target = if visit.deps().doors.may_reset_password(token).await? {
        callback.with("token", token)
    } else {
        callback.with("error", "INVALID_TOKEN")
    };
    Ok(answer::redirect(&absolute(&visit.state().options.public_origin, target)))
}

/// A path of ours with its origin.
fn absolute(origin: &str, target: String) -> String {
    if target.starts_with('/') { format!("{origin}{target}") } else { target }
}
