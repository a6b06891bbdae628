use actix_web::{HttpResponse, get};
use hexado_domain::access::rules::Owner;
use hexado_domain::id::UserId;
use hexado_domain::identity::UserObject;

use super::refusal::refused;
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::limits::ID;
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// Read a user
#[utoipa::path(
    tag = "better-auth",
    operation_id = "adminGetUser",
    params(("id" = String, Query, description = "Id of the user")),
    responses(
        (status = 200, description = "The user", body = schemas::User),
        (status = 403, description = "The caller may not", body = WireErrorBody),
        (status = 404, description = "There is no such user", body = WireErrorBody),
    )
)]
#[get("/admin/get-user")]
pub(super) async fn get_user(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut query = visit.query();
    let id = query.text("id");
    query.check("id", &id, ID);
    query.finish()?;
    let actor = visit.administrator().await?.actor;
    let owner = Owner::User(UserId::from_stored(id));
    let user = visit.deps().users.find(&actor, &owner).await.map_err(refused)?;
    Ok(HttpResponse::Ok().json(UserObject::from(&user)))
}
