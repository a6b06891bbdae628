use actix_web::{HttpRequest, HttpResponse, delete, web};
use hexado_domain::identity::Which;

use super::check_owner;
use crate::auth::view::EndedView;
use crate::extract::{Caller, Guest, OwnerInPath, QueryReader};
use crate::problem::Problem;
use crate::state::State;

/// End a user's sessions
///
/// The present one too, unless it shall stay.
#[utoipa::path(
    tag = "auth",
    operation_id = "endSessionsOfUser",
    params(
        ("user_id" = String, Path, description = "The caller; `me` means them too"),
        ("keep_current" = Option<bool>, Query, description = "Whether the session of this request stays"),
    ),
    responses((status = 200, description = "How many there were", body = EndedView))
)]
#[delete("/users/{user_id}/sessions")]
pub(super) async fn end_sessions(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller,
    owner: OwnerInPath,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    check_owner(&caller, &owner)?;
    let mut query = QueryReader::new(&request, &["keep_current"])?;
    let keep_current = query.flag("keep_current");
    query.finish()?;
    let which = match caller.session_id.clone().filter(|_| keep_current) {
        Some(current) => Which::AllBut(current),
        None => Which::All,
    };
    if which == Which::All {
        state.options.cookies.take_back(&request);
    }
    let revoked = state.deps.sessions.revoke(&visitor, &caller.user_id, which).await?;
    Ok(HttpResponse::Ok().json(EndedView { message: "Sessions ended", revoked }))
}
