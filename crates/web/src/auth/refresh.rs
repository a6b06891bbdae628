use actix_web::{HttpRequest, HttpResponse, post, web};
use hexado_domain::identity::SessionToken;

use super::session_of;
use super::view::SignedInView;
use crate::extract::{Caller, Guest, credential};
use crate::problem::Problem;
use crate::state::State;

/// Extend the caller's session, with a new token
///
/// The old token is good for 30 seconds more. The answer has a fresh JWT too.
#[utoipa::path(
    tag = "auth",
    operation_id = "refresh",
    responses((status = 200, description = "The session as it is now, with its token and a JWT", body = SignedInView))
)]
#[post("/refresh")]
pub(super) async fn refresh(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    let (sessions, cookies, signer) = (&state.deps.sessions, &state.options.cookies, &*state.deps.signer);
    let token = token_of(&request, &state, &caller).await?;
    let signed_in = sessions.refresh(&visitor, &token).await?;
    let jwt = sessions.token(&signed_in).await?;
    cookies.hand_out(&request, signer, &signed_in.session, cookies.remembers(request.headers(), signer));
    Ok(HttpResponse::Ok().json(SignedInView::entered(&signed_in).with_jwt(jwt)))
}

/// The token that was presented, or for a JWT that of its session.
async fn token_of(request: &HttpRequest, state: &State, caller: &Caller) -> Result<SessionToken, Problem> {
    let presented = credential(request.head(), &state.options)?.session_token(&*state.deps.signer);
    match presented {
        Some(token) => Ok(token),
        None => Ok(session_of(&state.deps, caller).await?.session.token),
    }
}
