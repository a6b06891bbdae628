use actix_web::{HttpRequest, HttpResponse, post, web};
use hexado_domain::identity::{Entrance, Passed};

use super::input::SignInInput;
use super::schemas;
use super::view::{LoginView, SecondFactorView, SignedInView};
use crate::extract::{Guest, Posted};
use crate::problem::Problem;
use crate::state::State;

/// Sign in
///
/// An unknown address gets the answer of a wrong password, in the same time. For a user with a second factor the answer opens no
/// session but sets a cookie, with which `verify-totp` or `verify-backup-code` of Better Auth's wire finish the sign-in.
#[utoipa::path(
    tag = "auth",
    operation_id = "logIn",
    request_body = schemas::Login,
    responses(
        (status = 200, description = "The user, with their session; or what they still have to give", body = LoginView),
        (status = 403, description = "The address must be verified first", body = crate::problem::ProblemBody, content_type = "application/problem+json"),
    )
)]
#[post("/login")]
pub(super) async fn log_in(
    request: HttpRequest,
    state: web::Data<State>,
    Guest(visitor): Guest,
    Posted(SignInInput(mut sign_in)): Posted<SignInInput>,
) -> Result<HttpResponse, Problem> {
    let remember = sign_in.remember;
    let (cookies, signer) = (&state.options.cookies, &*state.deps.signer);
    sign_in.device = cookies.device(request.headers(), signer);
    Ok(match state.deps.doors.sign_in(&visitor, sign_in).await? {
        Entrance::Open(passed) => {
            let Passed { signed_in, device } = *passed;
            cookies.hand_out(&request, signer, &signed_in.session, remember);
            device.iter().for_each(|device| cookies.trust(&request, signer, device));
            HttpResponse::Ok().json(LoginView::SignedIn(Box::new(SignedInView::entered(&signed_in))))
        }
        Entrance::SecondFactor(needed) => {
            cookies.ask(&request, signer, &needed, remember);
            HttpResponse::Ok().json(LoginView::SecondFactor(SecondFactorView::of(&needed)))
        }
    })
}
