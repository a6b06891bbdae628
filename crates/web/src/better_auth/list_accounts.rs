use actix_web::{HttpResponse, get};

use super::answer::AccountObject;
use super::error::WireError;
use super::schemas;
use super::visit::Visit;

/// List the caller's ways to sign in
#[utoipa::path(
    tag = "better-auth",
    operation_id = "listAccounts",
    responses((status = 200, description = "The accounts, without secrets", body = Vec<schemas::Account>))
)]
#[get("/list-accounts")]
pub(super) async fn list_accounts(visit: Visit) -> Result<HttpResponse, WireError> {
    let by = visit.session().await?;
    let accounts = visit.deps().accounts.list(&by.user.id).await?;
    Ok(HttpResponse::Ok().json(accounts.iter().map(AccountObject::from).collect::<Vec<_>>()))
}
