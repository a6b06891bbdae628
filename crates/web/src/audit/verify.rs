use actix_web::{HttpResponse, get, web};

use super::schemas::VerificationView;
use crate::extract::Caller;
use crate::problem::Problem;
use crate::state::State;

/// Verify the audit log
///
/// Walks along the whole chain of hashes and names the first record that was altered or is missing.
#[utoipa::path(
    tag = "audit",
    operation_id = "verifyAuditLog",
    responses((status = 200, description = "What was found", body = VerificationView))
)]
#[get("/audit/verify")]
pub(super) async fn verify_audit_log(state: web::Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let found = state.deps.audit.verify(&caller).await?;
    Ok(HttpResponse::Ok().json(VerificationView {
        intact: found.broken.is_none(),
        head: found.head.into(),
        fault: found.broken.map(|broken| broken.to_string()),
    }))
}
