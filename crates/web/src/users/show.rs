use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};

use super::schemas::UserIdInPath;
use super::view::{self, UserDetailsView};
use crate::extract::{Caller, IfNoneMatchHeader, OwnerInPath, etag_of, if_none_match_has};
use crate::problem::Problem;
use crate::state::State;

/// Read a user
#[utoipa::path(
    tag = "users",
    operation_id = "getUserById",
    params(UserIdInPath, IfNoneMatchHeader),
    responses(
        (status = 200, description = "The user", body = UserDetailsView, headers(
            ("ETag" = String, description = "Version of the user in quotes"),
        )),
        (status = 304, description = "`If-None-Match` names the present version"),
    )
)]
#[get("/users/{user_id}")]
pub(super) async fn show_user(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller,
    OwnerInPath(owner): OwnerInPath,
) -> Result<HttpResponse, Problem> {
    let user = state.deps.users.find(&caller, &owner).await?;
    if if_none_match_has(request.headers(), user.version) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, etag_of(user.version))).finish());
    }
    Ok(view::shown(&user, &state))
}
