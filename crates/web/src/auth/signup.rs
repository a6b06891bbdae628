use actix_web::{HttpRequest, HttpResponse, post, web};
use hexado_domain::identity::SignedUp;

use super::input::SignUpInput;
use super::schemas;
use super::view::{SessionView, SignedUpView};
use crate::extract::{Guest, Posted};
use crate::problem::Problem;
use crate::state::State;

/// Sign up
///
/// Signs in too, unless the address must be verified first.
#[utoipa::path(
    tag = "auth",
    operation_id = "signUp",
    request_body = schemas::SignUp,
    responses((status = 201, description = "The new user, with their session", body = SignedUpView))
)]
#[post("/signup")]
pub(super) async fn sign_up(
    request: HttpRequest,
    state: web::Data<State>,
    Guest(visitor): Guest,
    Posted(SignUpInput(sign_up)): Posted<SignUpInput>,
) -> Result<HttpResponse, Problem> {
    let remember = sign_up.remember;
    let SignedUp { user, session } = state.deps.doors.sign_up(&visitor, sign_up).await?;
    if let Some(session) = &session {
        state.options.cookies.hand_out(&request, &*state.deps.signer, session, remember);
    }
    let token = session.as_ref().map(|session| session.token.as_str());
    let session = session.as_ref().map(|session| SessionView::of(session, Some(&session.id)));
    Ok(HttpResponse::Created().json(SignedUpView { user: (&user).into(), session, token }))
}
