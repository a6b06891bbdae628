use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder};
use chrono::{DateTime, Utc};
use hexado_domain::access::{Permission, RoleDescription, RoleEntry, RoleName};
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{CallerPath, etag_of};

/// A bundle of permissions.
#[derive(Serialize, ToSchema)]
#[schema(as = Role)]
pub(super) struct RoleView<'a> {
    #[schema(example = "support", pattern = "^[a-z0-9_-]{1,64}$")]
    name: &'a str,
    #[schema(example = "Helps users", max_length = 200)]
    description: Option<&'a str>,
    /// As they were written: permissions, all of a resource (`task:*`), or all there are (`*`).
    #[schema(example = json!(["task:read-any", "session:*"]))]
    permissions: Vec<&'static str>,
    /// The roles whose permissions it has besides.
    #[schema(example = json!(["user"]))]
    inherits: Vec<&'a str>,
    /// Every permission that it gives, inherited ones included.
    #[schema(example = json!(["session:list", "session:revoke", "session:delete", "task:read-any"]))]
    effective_permissions: Vec<&'static str>,
    /// Whether it is always there and cannot be changed.
    built_in: bool,
    /// Grows by one at every change; the `ETag` is this number in quotes. `null` for a role that is built in.
    #[schema(example = 1)]
    version: Option<i64>,
    created_at: Option<DateTime<Utc>>,
    updated_at: Option<DateTime<Utc>>,
}

impl<'a> From<&'a RoleEntry> for RoleView<'a> {
    fn from(entry: &'a RoleEntry) -> Self {
        let RoleEntry { definition, permissions, history } = entry;
        Self {
            name: definition.name.as_str(),
            description: definition.description.as_ref().map(RoleDescription::as_str),
            permissions: definition.permissions.iter().map(|pattern| pattern.as_str()).collect(),
            inherits: definition.inherits.iter().map(RoleName::as_str).collect(),
            effective_permissions: permissions.iter().map(Permission::as_str).collect(),
            built_in: history.is_none(),
            version: history.map(|history| history.version.get()),
            created_at: history.map(|history| history.created_at),
            updated_at: history.map(|history| history.updated_at),
        }
    }
}

/// Something that an actor may do.
#[derive(Serialize, ToSchema)]
#[schema(as = Permission)]
pub(super) struct PermissionView {
    #[schema(example = "task:read-any")]
    name: &'static str,
    #[schema(example = "Read the tasks of any user")]
    description: &'static str,
}

impl From<Permission> for PermissionView {
    fn from(permission: Permission) -> Self {
        Self { name: permission.as_str(), description: permission.description() }
    }
}

/// Says that a role is gone.
#[derive(Serialize, ToSchema)]
#[schema(as = RoleDeleted)]
pub(super) struct DeletedView<'a> {
    #[schema(example = "Role deleted")]
    pub message: &'static str,
    #[schema(example = "support")]
    pub name: &'a str,
}

/// 200 with the role and its `ETag`.
pub(super) fn shown(role: &RoleEntry) -> HttpResponse {
    answer(&mut HttpResponse::Ok(), role)
}

/// 201 with the new role and its path, on the base that the caller used.
pub(super) fn created(request: &HttpRequest, role: &RoleEntry) -> HttpResponse {
    let base = request.extensions().get::<CallerPath>().map(|path| path.0.clone()).unwrap_or_default();
    let location = format!("{}/{}", base.trim_end_matches('/'), role.definition.name);
    answer(HttpResponse::Created().insert_header((header::LOCATION, location)), role)
}

fn answer(response: &mut HttpResponseBuilder, role: &RoleEntry) -> HttpResponse {
    if let Some(history) = role.history {
        response.insert_header((header::ETAG, etag_of(history.version)));
    }
    response.json(RoleView::from(role))
}
