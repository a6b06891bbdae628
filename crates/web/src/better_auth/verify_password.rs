use actix_web::{HttpResponse, post};

use super::answer::{self, Status};
use super::error::WireError;
use super::input::present_password;
use super::schemas;
use super::visit::Visit;

/// Check the caller's password
#[utoipa::path(
    tag = "better-auth",
    operation_id = "verifyPassword",
    request_body = schemas::VerifyPassword,
    responses((status = 200, description = "It is theirs", body = Status))
)]
#[post("/verify-password")]
pub(super) async fn verify_password(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let password = body.text("password");
    body.finish()?;
    let by = visit.session().await?;
    visit.deps().accounts.verify_password(&by, &present_password(&password)?).await?;
    Ok(answer::done())
}
