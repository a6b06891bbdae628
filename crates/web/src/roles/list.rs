use actix_web::{HttpResponse, get, web};

use super::view::RoleView;
use crate::extract::Caller;
use crate::problem::Problem;
use crate::state::State;

/// List all roles
///
/// Those that are built in come first, the others by name. There are so few that they are not paged.
#[utoipa::path(
    tag = "roles",
    operation_id = "listRoles",
    responses((status = 200, description = "The roles", body = Vec<RoleView>))
)]
#[get("/roles")]
pub(super) async fn list_roles(state: web::Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let entries = state.deps.roles.list(&caller).await?;
    Ok(HttpResponse::Ok().json(entries.iter().map(RoleView::from).collect::<Vec<_>>()))
}
