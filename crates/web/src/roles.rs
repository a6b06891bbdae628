//! The routes of roles and permissions: one file a use case.

mod create;
mod delete;
pub(crate) mod input;
mod list;
mod permissions;
mod replace;
mod schemas;
mod show;
mod view;

use actix_web::HttpRequest;
use hexado_domain::access::{RoleError, RoleName};

use crate::problem::Problem;
use crate::routes::Routes;

pub(crate) fn register(routes: &mut Routes<'_>) {
    routes
        .service(list::list_roles)
        .service(create::create_role)
        .service(show::show_role)
        .service(replace::replace_role)
        .service(delete::delete_role)
        .service(permissions::list_permissions);
}

/// The role that the path is about. What cannot be a name is the name of no role: 404.
fn role_in_path(request: &HttpRequest) -> Result<RoleName, Problem> {
    let name = request.match_info().get("name").and_then(|name| RoleName::parse(name).ok());
    Ok(name.ok_or(RoleError::NotFound)?)
}
