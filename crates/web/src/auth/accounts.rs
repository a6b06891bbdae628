use actix_web::{HttpRequest, HttpResponse, get, web};

use super::view::AccountView;
use crate::extract::{Caller, QueryReader};
use crate::problem::Problem;
use crate::state::State;

/// List the caller's ways to sign in
#[utoipa::path(
    tag = "auth",
    operation_id = "listMyAccounts",
    params(("provider" = Option<String>, Query, description = "Only accounts of this provider")),
    responses((status = 200, description = "The accounts, without secrets, the oldest first", body = Vec<AccountView>))
)]
#[get("/accounts")]
pub(super) async fn list_accounts(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller,
) -> Result<HttpResponse, Problem> {
    let query = QueryReader::new(&request, &["provider"])?;
    let provider = query.text("provider").map(str::to_owned);
    query.finish()?;
    let accounts = state.deps.accounts.list(&caller.user_id).await?;
    let wanted = accounts.iter().filter(|account| provider.as_ref().is_none_or(|name| *name == account.provider_id));
    Ok(HttpResponse::Ok().json(wanted.map(AccountView::from).collect::<Vec<_>>()))
}
