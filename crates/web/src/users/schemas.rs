//! What the document says of requests. Reading them is `input.rs`'s and `list.rs`'s.

#![expect(dead_code, reason = "these types are read by the OpenAPI document only")]

use chrono::{DateTime, Utc};
use utoipa::{IntoParams, ToSchema};

#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct UserIdInPath {
    /// Id of the user; `me` means the caller
    user_id: String,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListUsers {
    /// Text in the name or the address, in capitals or not; no character has a special meaning
    #[param(min_length = 1, max_length = 200, example = "ann")]
    q: Option<String>,
    /// Name of a role that the user has
    #[param(min_length = 1, max_length = 200, example = "admin")]
    role: Option<String>,
    /// Whether the user is banned; a ban that has expired is none
    banned: Option<bool>,
    /// `created_at`, `name` or `email`, with `-` in front for descending
    #[param(default = "-created_at")]
    sort: Option<String>,
    /// Users a page
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u8>,
    /// From the `Link` of the page before
    cursor: Option<String>,
    /// Whether `X-Total-Count` is wanted
    #[param(default = false)]
    count: Option<bool>,
}

/// What is to change of a user; what is left out is kept.
#[derive(ToSchema)]
pub(super) struct UpdateUserById {
    /// Trimmed; no control characters.
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    name: Option<String>,
    /// Address of a picture; `null` for none.
    #[schema(max_length = 500)]
    image: Option<String>,
    #[schema(max_length = 200, nullable = false)]
    email: Option<String>,
    #[schema(nullable = false)]
    email_verified: Option<bool>,
}

/// The roles that a user shall have.
#[derive(ToSchema)]
pub(super) struct SetRoleOfUser {
    role: RoleNames,
}

/// Names of roles: a list, or a text with commas between them.
#[derive(ToSchema)]
#[schema(example = json!("user"))]
#[serde(untagged)]
pub(super) enum RoleNames {
    One(String),
    Several(Vec<String>),
}

/// How long, and why.
#[derive(ToSchema)]
pub(super) struct BanUserById {
    #[schema(min_length = 1, max_length = 500, example = "Shares spam")]
    reason: Option<String>,
    /// By default it does not end.
    expires_at: Option<DateTime<Utc>>,
}
