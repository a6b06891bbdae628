use actix_web::{HttpResponse, post};

use super::answer::{self, Status};
use super::error::WireError;
use super::limits::ID;
use super::schemas;
use super::visit::Visit;

/// Remove one of the caller's ways to sign in
///
/// The last one stays. The session must be fresh.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "unlinkAccount",
    request_body = schemas::UnlinkAccount,
    responses((status = 200, description = "It is gone", body = Status))
)]
#[post("/unlink-account")]
pub(super) async fn unlink_account(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let account_id = body.text("accountId");
    body.check("accountId", &account_id, ID);
    body.finish()?;
    let by = visit.session().await?;
    visit.deps().accounts.unlink(&visit.visitor(), &by, &account_id).await?;
    Ok(answer::done())
}
