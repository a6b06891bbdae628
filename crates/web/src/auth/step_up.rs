use actix_web::{HttpResponse, post, web};
use hexado_domain::identity::{IdentityError, SignedIn};

use super::input::StepUpInput;
use super::schemas;
use super::session_of;
use super::view::SignedInView;
use crate::extract::{Caller, Guest, Posted};
use crate::problem::{Problem, ProblemBody};
use crate::state::State;

/// Authenticate again
///
/// For what answers 401 `step_up_required`: the session of the credential, a JWT's too, counts as freshly authenticated by its
/// user's password. Who has a second factor gives a code too, of the authenticator app or a backup code. Tokens of other
/// issuers have no session here: 403 `step_up_unavailable`.
#[utoipa::path(
    tag = "auth",
    operation_id = "stepUp",
    request_body = schemas::StepUp,
    responses(
        (status = 200, description = "The session as it is now", body = SignedInView),
        (status = 403, description = "Not with this credential, or too many wrong codes came", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
#[post("/step-up")]
pub(super) async fn step_up(
    state: web::Data<State>,
    caller: Caller,
    Guest(visitor): Guest,
    Posted(StepUpInput { password, code }): Posted<StepUpInput>,
) -> Result<HttpResponse, Problem> {
    if caller.session_id.is_none() {
        return Err(IdentityError::NoStepUp.into());
    }
    let by = session_of(&state.deps, &caller).await?;
    let session = state.deps.step_up.authenticate(&visitor, &by, &password, code.as_deref()).await?;
    Ok(HttpResponse::Ok().json(SignedInView::shown(&SignedIn { session, user: by.user })))
}
