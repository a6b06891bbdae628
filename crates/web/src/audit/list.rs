use actix_web::{HttpRequest, HttpResponse, get, web};

use super::filter::{read_query, write_place};
use super::schemas::{AuditFilter, AuditPage};
use super::view::AuditView;
use crate::extract::{Caller, link_next};
use crate::problem::Problem;
use crate::state::State;

/// List audit records
///
/// The newest first. All filters that are given must hold. While there is more, `Link` has the path of the next page.
#[utoipa::path(
    tag = "audit",
    operation_id = "listAuditRecords",
    params(AuditFilter, AuditPage),
    responses(
        (status = 200, description = "A page of records", body = Vec<AuditView>, headers(
            ("Link" = String, description = "`<path>; rel=\"next\"` while there is more (RFC 8288)"),
        )),
    )
)]
#[get("/audit")]
pub(super) async fn list_audit_records(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller,
) -> Result<HttpResponse, Problem> {
    let page = state.deps.audit.list(&caller, &read_query(&request)?).await?;
    let mut response = HttpResponse::Ok();
    if let (true, Some(last)) = (page.more, page.items.last()) {
        link_next(&mut response, &request, &write_place(last.id));
    }
    Ok(response.json(page.items.into_iter().map(AuditView::from).collect::<Vec<_>>()))
}
