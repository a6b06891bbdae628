use actix_web::HttpMessage;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use hexado_domain::audit::{Action, AuditEvent, FieldChange, Target};

use crate::better_auth::WireError;
use crate::extract::{Caller, Guest};
use crate::problem::Problem;
use crate::state::State;

/// What a caller is told who lacks a permission.
const CODES: [&str; 2] = ["permission_missing", "user_mismatch"];

/// Of a path, what the audit log keeps, in characters.
const MAX_PATH: usize = 200;

/// Records that a caller who is known was refused for want of a permission. They are told so in any case.
pub(super) async fn record_refusal<B>(answer: &ServiceResponse<B>, state: &State) {
    let Some(event) = refusal(answer, state) else { return };
    if let Err(error) = state.deps.audit.record(&event).await {
        tracing::warn!(%error, "a refusal is missing in the audit log");
    }
}

fn refusal<B>(answer: &ServiceResponse<B>, state: &State) -> Option<AuditEvent> {
    let code = code_of(answer).filter(|code| CODES.contains(code))?;
    let request = answer.request();
    let Caller(actor) = request.extensions().get::<Caller>().cloned()?;
    let path: String = request.path().chars().take(MAX_PATH).collect();
    let operation = Target::Operation(format!("{} {path}", request.method()));
    let visitor = Guest::of(request).0;
    let event = AuditEvent::by(Action::AccessRefused, &actor.user_id, operation, &visitor, state.deps.clock.now());
    Some(event.with(vec![FieldChange::to("code", code)]))
}

fn code_of<B>(answer: &ServiceResponse<B>) -> Option<&'static str> {
    let error = answer.response().error().filter(|_| answer.status() == StatusCode::FORBIDDEN)?;
    let of_wire = || error.as_error::<WireError>().map(WireError::fault);
    error.as_error::<Problem>().map(Problem::code).or_else(of_wire)
}
