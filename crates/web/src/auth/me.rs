use actix_web::{HttpResponse, get, web};
use hexado_domain::access::{Permission, role_names};
use hexado_domain::id::UserId;
use hexado_domain::identity::AuthError;

use super::view::MeView;
use crate::extract::Caller;
use crate::problem::Problem;
use crate::state::State;

/// Read the caller, and what they may do
#[utoipa::path(
    tag = "auth",
    operation_id = "showMe",
    responses((status = 200, description = "The caller", body = MeView))
)]
#[get("/me")]
pub(super) async fn show_me(state: web::Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let user = state.deps.accounts.find(&caller.user_id).await.map_err(AuthError::from)?;
    let user = user.ok_or(AuthError::SessionEnded)?;
    Ok(HttpResponse::Ok().json(MeView {
        user: (&user).into(),
        roles: role_names(user.role.as_deref().unwrap_or_default()).collect(),
        permissions: caller.permissions.iter().map(Permission::as_str).collect(),
        impersonated_by: caller.impersonated_by.as_ref().map(UserId::as_str),
    }))
}
