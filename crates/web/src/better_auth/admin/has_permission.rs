use actix_web::{HttpResponse, post};
use hexado_domain::access::Permission;
use hexado_domain::actor::Actor;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::input::Input;
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// Ask whether the caller has permissions
///
/// All of them. Those of several roles add up.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "adminHasPermission",
    request_body = schemas::HasPermission,
    responses(
        (status = 200, description = "Whether the caller has all of them", body = Answer),
        (status = 400, description = "None were named", body = WireErrorBody),
    )
)]
#[post("/admin/has-permission")]
pub(super) async fn has_permission(visit: Visit) -> Result<HttpResponse, WireError> {
    let wanted = read(visit.body()?)?;
    let actor = visit.administrator().await?.actor;
    Ok(HttpResponse::Ok().json(Answer { error: None, success: has_all(&actor, &wanted) }))
}

#[derive(Serialize, ToSchema)]
#[schema(as = WireHasPermissionAnswer)]
struct Answer {
    /// Always null.
    error: Option<String>,
    success: bool,
}

/// Actions by resource.
type Permissions = Vec<(String, Vec<String>)>;

/// The original once called them `permission`, and knows that name still, but answers nothing to it.
fn read(mut body: Input) -> Result<Permissions, WireError> {
    let mut lists = |name| body.value(name).as_ref().and_then(permissions);
    match (lists("permissions"), lists("permission")) {
        (Some(wanted), None) => Ok(wanted),
        (None, Some(_)) => Err(WireError::uncoded("invalid permission check. no permission(s) were passed.")),
        (None, None) => Err(WireError::bad_request("VALIDATION_ERROR", "[body] Invalid input")),
        (Some(_), Some(_)) => {
            Err(WireError::bad_request("VALIDATION_ERROR", "[body] Invalid input: more than one option matched"))
        }
    }
}

fn permissions(value: &Value) -> Option<Permissions> {
    let texts = |actions: &Value| -> Option<Vec<String>> {
        actions.as_array()?.iter().map(|action| action.as_str().map(str::to_owned)).collect()
    };
    value.as_object()?.iter().map(|(resource, actions)| Some((resource.clone(), texts(actions)?))).collect()
}

/// Of each resource at least one action must be named, and of at least one resource.
fn has_all(actor: &Actor, wanted: &Permissions) -> bool {
    let has = |(resource, actions): &(String, Vec<String>)| {
        !actions.is_empty() && actions.iter().all(|action| holds(actor, resource, action))
    };
    !wanted.is_empty() && wanted.iter().all(has)
}

fn holds(actor: &Actor, resource: &str, action: &str) -> bool {
    Permission::parse(&format!("{resource}:{action}")).is_some_and(|permission| actor.may(permission))
}
