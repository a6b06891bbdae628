//! Role names, as the wire has them.

use hexado_domain::access::{RoleName, role_names};
use serde_json::Value;

use crate::better_auth::error::WireError;

/// The names in a text, separated by commas, or in a list of such texts; `None` for anything else.
pub(super) fn texts(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(role_names(text).collect()),
        Value::Array(items) => {
            let texts: Vec<_> = items.iter().map(Value::as_str).collect::<Option<_>>()?;
            Some(texts.into_iter().flat_map(role_names).collect())
        }
        _ => None,
    }
}

/// The names that these texts are, if they can all be names.
pub(super) fn named(texts: &[&str]) -> Result<Vec<RoleName>, WireError> {
    let names: Option<Vec<_>> = texts.iter().map(|text| RoleName::parse(text).ok()).collect();
    names.filter(|names| !names.is_empty()).ok_or_else(unknown)
}

/// Roles among members whose types the original does not check beforehand.
pub(super) fn in_data(value: &Value) -> Result<Vec<RoleName>, WireError> {
    let texts = texts(value).ok_or_else(|| WireError::bad_request("INVALID_ROLE_TYPE", "Invalid role type"))?;
    named(&texts)
}

pub(super) fn unknown() -> WireError {
    const MESSAGE: &str = "You are not allowed to set a non-existent role value";
    WireError::bad_request("YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE", MESSAGE)
}
