//! What the document says of requests. Reading them is `input.rs`'s.

#![expect(dead_code, reason = "these types are read by the OpenAPI document only")]

use utoipa::{IntoParams, ToSchema};

/// A new role.
#[derive(ToSchema)]
pub(super) struct CreateRole {
    #[schema(pattern = "^[a-z0-9_-]{1,64}$")]
    name: String,
    /// Trimmed; no control characters.
    #[schema(min_length = 1, max_length = 200)]
    description: Option<String>,
    /// Permissions, all of a resource (`task:*`), or all there are (`*`). Each once.
    permissions: Vec<String>,
    /// Names of roles, each once.
    inherits: Option<Vec<String>>,
}

/// A role with its permissions; optional fields that are left out are kept, `null` clears them.
#[derive(ToSchema)]
pub(super) struct ReplaceRole {
    #[schema(min_length = 1, max_length = 200)]
    description: Option<String>,
    permissions: Vec<String>,
    inherits: Option<Vec<String>>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct RoleNameInPath {
    /// Name of the role.
    #[param(example = "support")]
    name: String,
}
