use std::sync::Arc;

use actix_web::web::{Bytes, BytesMut};
use actix_web::{HttpRequest, HttpResponse, get, web};
use futures_util::{Stream, TryStreamExt, stream};
use hexado_domain::audit::{AuditError, AuditQuery, AuditRecord, AuditService};
use hexado_domain::page::Limit;

use super::filter::read_filter;
use super::schemas::AuditFilter;
use super::view::AuditView;
use crate::extract::Caller;
use crate::problem::Problem;
use crate::state::State;

/// Export audit records
///
/// All that the filters ask for, the newest first, one JSON object a line. An export that ends without a last line feed is
/// not complete.
#[utoipa::path(
    tag = "audit",
    operation_id = "exportAuditRecords",
    params(AuditFilter),
    responses((status = 200, description = "The records", body = AuditView, content_type = "application/x-ndjson"))
)]
#[get("/audit/export")]
pub(super) async fn export_audit_records(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller,
) -> Result<HttpResponse, Problem> {
    let query = AuditQuery { limit: Limit::HIGHEST, ..read_filter(&request)? };
    let audit = Arc::clone(&state.deps.audit);
    // The first page now: what is refused, is refused with a status.
    let first = audit.list(&caller, &query).await?;
    let body = pages(audit, caller, query, first.items, first.more);
    Ok(HttpResponse::Ok().content_type("application/x-ndjson").streaming(body))
}

/// What is left to send.
struct Rest {
    ready: Vec<AuditRecord>,
    more: bool,
}

fn pages(
    audit: Arc<AuditService>,
    caller: Caller,
    query: AuditQuery,
    ready: Vec<AuditRecord>,
    more: bool,
) -> impl Stream<Item = Result<Bytes, AuditError>> {
    stream::try_unfold(Some(Rest { ready, more }), move |rest| {
        let (audit, caller, query) = (Arc::clone(&audit), caller.clone(), query.clone());
        async move {
            let Some(Rest { ready, more }) = rest else { return Ok(None) };
            let before = ready.last().map(|record| record.id);
            let lines = lines(ready);
            if !more {
                return Ok(Some((lines, None)));
            }
            let page = audit.list(&caller, &AuditQuery { before, ..query }).await?;
            Ok(Some((lines, Some(Rest { ready: page.items, more: page.more }))))
        }
    })
    .inspect_err(|error: &AuditError| tracing::warn!(?error, "an export of the audit log was cut off"))
}

fn lines(records: Vec<AuditRecord>) -> Bytes {
    let mut bytes = BytesMut::new();
    for record in records {
        let line = serde_json::to_vec(&AuditView::from(record)).unwrap_or_default();
        bytes.extend_from_slice(&line);
        bytes.extend_from_slice(b"\n");
    }
    bytes.freeze()
}
