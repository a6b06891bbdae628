//! The bodies of roles.

use actix_web::http::header::HeaderMap;
use hexado_domain::access::{PermissionPattern, RoleDefinition, RoleDescription, RoleName, RolePatch};
use hexado_domain::patch::Patch;

use crate::extract::{EntryFault, Fields, FromBody, Reader, nearest};
use crate::problem::Problem;

/// A new role.
#[derive(Debug)]
pub(super) struct CreateInput(pub RoleDefinition);

/// A role whose permissions are given anew; other fields that are left out are kept.
#[derive(Debug)]
pub(super) struct ReplaceInput(pub RolePatch);

impl FromBody for CreateInput {
    fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        let known = ["name", "description", "permissions", "inherits"];
        let mut reader = Reader::new(Fields::json_only(headers, body)?, &known)?;
        let name = reader.required_text("name", RoleName::parse)?;
        let RolePatch { description, permissions, inherits } = patch(&mut reader)?;
        let definition = name.map(|name| RoleDefinition {
            name,
            description: description.apply(None),
            permissions,
            inherits: inherits.unwrap_or_default(),
        });
        reader.finish(definition).map(Self)
    }
}

impl FromBody for ReplaceInput {
    fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        let mut reader = Reader::new(Fields::json_only(headers, body)?, &["description", "permissions", "inherits"])?;
        let patch = patch(&mut reader)?;
        reader.finish(Some(patch)).map(Self)
    }
}

fn patch(reader: &mut Reader) -> Result<RolePatch, Problem> {
    let description = reader.text_patch("description", RoleDescription::parse)?;
    let permissions = reader.list("permissions", permission)?;
    let inherits = match reader.list("inherits", role_name)? {
        Patch::Keep => None,
        Patch::Clear => Some(Vec::new()),
        Patch::Set(names) => Some(names),
    };
    if !matches!(permissions, Patch::Set(_)) {
        reader.require("permissions");
    }
    Ok(RolePatch { description, permissions: permissions.apply(None).unwrap_or_default(), inherits })
}

fn permission(text: &str) -> Result<PermissionPattern, EntryFault> {
    PermissionPattern::parse(text).ok_or_else(|| {
        let known: Vec<_> = PermissionPattern::texts().collect();
        let hint = nearest(text, &known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        ("unknown_permission", format!("is no permission{hint}"))
    })
}

pub(crate) fn role_name(text: &str) -> Result<RoleName, EntryFault> {
    RoleName::parse(text).map_err(|fault| (fault.code(), fault.to_string()))
}
