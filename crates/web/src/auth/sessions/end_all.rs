use actix_web::{HttpRequest, HttpResponse, delete, web};
use hexado_domain::identity::Which;

use super::who_ends;
use crate::auth::view::EndedView;
use crate::extract::{Caller, Guest, OwnerInPath, QueryReader};
use crate::problem::Problem;
use crate::state::State;

/// End a user's sessions
///
/// Of one's own the present one too, unless it shall stay.
#[utoipa::path(
    tag = "auth",
    operation_id = "endSessionsOfUser",
    params(
        ("user_id" = String, Path, description = "The caller, for whom `me` stands too, or with `session:revoke` any user"),
        ("keep_current" = Option<bool>, Query, description = "Whether the session of this request stays"),
    ),
    responses(
        (status = 200, description = "How many there were", body = EndedView),
        (status = 401, description = "Who ends the sessions of others has to authenticate again"),
    )
)]
#[delete("/users/{user_id}/sessions")]
pub(super) async fn end_sessions(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller,
    OwnerInPath(owner): OwnerInPath,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    let caller = who_ends(&request, caller, &owner).await?;
    let mut query = QueryReader::new(&request, &["keep_current"])?;
    let keep_current = query.flag("keep_current");
    query.finish()?;
    let which = match caller.session_id.clone().filter(|_| keep_current) {
        Some(current) => Which::AllBut(current),
        None => Which::All,
    };
    let ends_present = which == Which::All && owner.is(&caller.user_id);
    let revoked = state.deps.users.end_sessions(&caller, &visitor, &owner, which).await?;
    if ends_present {
        state.options.cookies.take_back(&request);
    }
    Ok(HttpResponse::Ok().json(EndedView { message: "Sessions ended", revoked }))
}
