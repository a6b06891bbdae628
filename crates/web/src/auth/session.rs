use actix_web::{HttpResponse, get, web};

use super::session_of;
use super::view::SignedInView;
use crate::extract::Caller;
use crate::problem::Problem;
use crate::state::State;

/// Read the caller's session
#[utoipa::path(
    tag = "auth",
    operation_id = "showSession",
    responses((status = 200, description = "The session and its user", body = SignedInView))
)]
#[get("/session")]
pub(super) async fn show_session(state: web::Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let signed_in = session_of(&state.deps, &caller).await?;
    Ok(HttpResponse::Ok().json(SignedInView::shown(&signed_in)))
}
