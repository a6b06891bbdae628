use actix_web::{HttpResponse, get};
use hexado_domain::access::Permission;
use hexado_domain::identity::UserObject;
use serde::Serialize;

use super::refusal::{refused, require};
use super::user_query::AskedUsers;
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// List and search users
///
/// Search and filter must both hold. Texts are compared as they are written; what cannot be compared is no user's. At most
/// 1000 users come at once.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "adminListUsers",
    params(schemas::ListUsers),
    responses(
        (status = 200, description = "A part of the list, and how long it is", body = schemas::Users),
        (status = 403, description = "The caller may not", body = WireErrorBody),
    )
)]
#[get("/admin/list-users")]
pub(super) async fn list_users(visit: Visit) -> Result<HttpResponse, WireError> {
    let AskedUsers { query, limit, offset } = AskedUsers::read(visit.query())?;
    let actor = visit.administrator().await?.actor;
    let Some(query) = query else {
        require(&actor, Permission::UserList)?;
        return Ok(HttpResponse::Ok().json(Answer::default()));
    };
    let page = visit.deps().users.list(&actor, &query).await.map_err(refused)?;
    let users = page.items.iter().map(UserObject::from).collect();
    Ok(HttpResponse::Ok().json(Answer { users, total: page.total.unwrap_or_default(), limit, offset }))
}

#[derive(Default, Serialize)]
struct Answer<'a> {
    users: Vec<UserObject<'a>>,
    total: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<usize>,
}
