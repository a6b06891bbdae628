use actix_web::{HttpRequest, HttpResponse, post, web};

use super::input::SignInInput;
use super::schemas;
use super::view::SignedInView;
use crate::extract::{Guest, Posted};
use crate::problem::Problem;
use crate::state::State;

/// Sign in
///
/// An unknown address gets the answer of a wrong password, in the same time.
#[utoipa::path(
    tag = "auth",
    operation_id = "logIn",
    request_body = schemas::Login,
    responses(
        (status = 200, description = "The user, with their session", body = SignedInView),
        (status = 403, description = "The address must be verified first", body = crate::problem::ProblemBody, content_type = "application/problem+json"),
    )
)]
#[post("/login")]
pub(super) async fn log_in(
    request: HttpRequest,
    state: web::Data<State>,
    Guest(visitor): Guest,
    Posted(SignInInput(sign_in)): Posted<SignInInput>,
) -> Result<HttpResponse, Problem> {
    let remember = sign_in.remember;
    let signed_in = state.deps.doors.sign_in(&visitor, sign_in).await?;
    state.options.cookies.hand_out(&request, &*state.deps.signer, &signed_in.session, remember);
    Ok(HttpResponse::Ok().json(SignedInView::entered(&signed_in)))
}
