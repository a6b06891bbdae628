use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};

use super::role_in_path;
use super::schemas::RoleNameInPath;
use super::view::{self, RoleView};
use crate::extract::{Caller, IfNoneMatchHeader, etag_of, if_none_match_has};
use crate::problem::Problem;
use crate::state::State;

/// Read a role
#[utoipa::path(
    tag = "roles",
    operation_id = "getRole",
    params(RoleNameInPath, IfNoneMatchHeader),
    responses(
        (status = 200, description = "The role", body = RoleView, headers(
            ("ETag" = String, description = "Version of the role in quotes; none for a role that is built in"),
        )),
        (status = 304, description = "`If-None-Match` names the present version"),
    )
)]
#[get("/roles/{name}")]
pub(super) async fn show_role(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller,
) -> Result<HttpResponse, Problem> {
    let role = state.deps.roles.find(&caller, &role_in_path(&request)?).await?;
    match role.history.map(|history| history.version) {
        Some(version) if if_none_match_has(request.headers(), version) => {
            Ok(HttpResponse::NotModified().insert_header((header::ETAG, etag_of(version))).finish())
        }
        _ => Ok(view::shown(&role)),
    }
}
