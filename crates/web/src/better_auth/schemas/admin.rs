//! Of the administration of users.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

#[derive(ToSchema)]
#[schema(as = WireOfUser, rename_all = "camelCase")]
pub(in crate::better_auth) struct OfUser {
    /// Id of the user.
    user_id: String,
    /// The caller's, if they authenticated too long ago.
    #[schema(nullable = false)]
    password: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = WireBanUser, rename_all = "camelCase")]
pub(in crate::better_auth) struct BanUser {
    /// Id of the user.
    user_id: String,
    #[schema(max_length = 500, default = "No reason", nullable = false)]
    ban_reason: Option<String>,
    /// In seconds; without it, until the ban is lifted.
    #[schema(nullable = false)]
    ban_expires_in: Option<f64>,
    /// The caller's, if they authenticated too long ago.
    #[schema(nullable = false)]
    password: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = WireSetRole, rename_all = "camelCase")]
pub(in crate::better_auth) struct SetRole {
    /// Id of the user.
    user_id: String,
    role: RoleNames,
    /// The caller's, if they authenticated too long ago.
    #[schema(nullable = false)]
    password: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = WireSetUserPassword, rename_all = "camelCase")]
pub(in crate::better_auth) struct SetUserPassword {
    /// Id of the user.
    user_id: String,
    #[schema(min_length = 8, max_length = 128)]
    new_password: String,
    /// The caller's, if they authenticated too long ago.
    #[schema(nullable = false)]
    password: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = WireRevokeUserSession, rename_all = "camelCase")]
pub(in crate::better_auth) struct RevokeUserSession {
    /// Id or token of the session.
    session_token: String,
    /// The caller's, if they authenticated too long ago.
    #[schema(nullable = false)]
    password: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = WireAdminCreateUser)]
pub(in crate::better_auth) struct AdminCreateUser {
    #[schema(max_length = 200, example = "ann@example.com")]
    email: String,
    #[schema(max_length = 100, example = "Ann")]
    name: String,
    /// Of the user.
    #[schema(max_length = 128, nullable = false)]
    password: Option<String>,
    #[schema(nullable = false)]
    role: Option<RoleNames>,
    /// What else is to be set. Name and address are those above.
    #[schema(nullable = false)]
    data: Option<UserData>,
}

/// Names of roles, in a list or separated by commas.
#[derive(Serialize, ToSchema)]
#[schema(as = WireRoleNames, example = "user")]
#[serde(untagged)]
pub(in crate::better_auth) enum RoleNames {
    Text(String),
    List(Vec<String>),
}

/// What an administrator may set.
#[derive(ToSchema)]
#[schema(as = WireUserData, rename_all = "camelCase", example = json!({"name": "Ann"}))]
pub(in crate::better_auth) struct UserData {
    #[schema(max_length = 100, nullable = false)]
    name: Option<String>,
    /// `null` clears it.
    #[schema(max_length = 500)]
    image: Option<String>,
    #[schema(max_length = 200, nullable = false)]
    email: Option<String>,
    /// A new address is not, unless this says so.
    #[schema(nullable = false)]
    email_verified: Option<bool>,
    #[schema(nullable = false)]
    role: Option<RoleNames>,
    #[schema(nullable = false)]
    banned: Option<bool>,
    /// With `banned` only.
    #[schema(max_length = 500, nullable = false)]
    ban_reason: Option<String>,
    /// With `banned` only; without it, until the ban is lifted.
    ban_expires: Option<DateTime<Utc>>,
}

#[derive(ToSchema)]
#[schema(as = WireAdminUpdateUser, rename_all = "camelCase")]
pub(in crate::better_auth) struct AdminUpdateUser {
    /// Id of the user.
    user_id: String,
    data: UserData,
    /// The caller's, if they authenticated too long ago.
    #[schema(nullable = false)]
    password: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = WireHasPermission)]
pub(in crate::better_auth) struct HasPermission {
    /// Actions by resource.
    #[schema(example = json!({"user": ["list", "ban"]}))]
    permissions: BTreeMap<String, Vec<String>>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(in crate::better_auth) struct ListUsers {
    /// What is looked for, letter by letter
    search_value: Option<String>,
    /// Where: `email` or `name`
    #[param(default = "email")]
    search_field: Option<String>,
    /// `contains`, `starts_with` or `ends_with`
    #[param(default = "contains")]
    search_operator: Option<String>,
    /// Users at most
    #[param(maximum = 1000, default = 100)]
    limit: Option<u32>,
    /// Users before the first one
    offset: Option<u32>,
    /// A member of a user
    #[param(default = "createdAt")]
    sort_by: Option<String>,
    /// `asc` or `desc`
    #[param(default = "asc")]
    sort_direction: Option<String>,
    /// A member of a user
    #[param(default = "email")]
    filter_field: Option<String>,
    /// What that is compared with; several for `in` and `not_in`
    filter_value: Option<String>,
    /// `eq`, `ne`, `lt`, `lte`, `gt`, `gte`, `in`, `not_in`, `contains`, `starts_with` or `ends_with`
    #[param(default = "eq")]
    filter_operator: Option<String>,
}
