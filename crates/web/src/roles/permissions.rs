use actix_web::{HttpResponse, get};
use hexado_domain::access::{Permission, RoleError};

use super::view::PermissionView;
use crate::extract::Caller;
use crate::problem::Problem;

/// List all permissions
#[utoipa::path(
    tag = "roles",
    operation_id = "listPermissions",
    responses((status = 200, description = "The permissions that there are", body = Vec<PermissionView>))
)]
#[get("/permissions")]
pub(super) async fn list_permissions(caller: Caller) -> Result<HttpResponse, Problem> {
    caller.require(Permission::RoleList).map_err(RoleError::from)?;
    Ok(HttpResponse::Ok().json(Permission::ALL.map(PermissionView::from)))
}
