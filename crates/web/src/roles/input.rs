//! The bodies of roles.

use actix_web::http::header::HeaderMap;
use hexado_domain::access::{PermissionPattern, RoleDefinition, RoleDescription, RoleName, RolePatch};
use hexado_domain::patch::Patch;
use serde_json::Value;

use crate::extract::{Fields, FromBody, Reader, nearest, wrong_type};
use crate::problem::Problem;

/// Entries that are looked at in a list: more than there are permissions or roles.
const MAX_ENTRIES: usize = 200;

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
    let permissions = list(reader, "permissions", permission)?;
    let inherits = match list(reader, "inherits", role_name)? {
        Patch::Keep => None,
        Patch::Clear => Some(Vec::new()),
        Patch::Set(names) => Some(names),
    };
    if !matches!(permissions, Patch::Set(_)) {
        reader.require("permissions");
    }
    Ok(RolePatch { description, permissions: permissions.apply(None).unwrap_or_default(), inherits })
}

/// What is wrong with an entry: a code and a message.
type Fault = (&'static str, String);

/// A list of texts, each of which stands once.
fn list<T>(
    reader: &mut Reader,
    field: &'static str,
    parse: impl Fn(&str) -> Result<T, Fault>,
) -> Result<Patch<Vec<T>>, Problem> {
    let entries = match reader.take(field) {
        None => return Ok(Patch::Keep),
        Some(Value::Null) => return Ok(Patch::Clear),
        Some(Value::Array(entries)) => entries,
        Some(_) => return Err(wrong_type(field, "a list of strings")),
    };
    let texts: Option<Vec<&str>> = entries.iter().map(Value::as_str).collect();
    let texts = texts.ok_or_else(|| wrong_type(field, "a list of strings"))?;
    if texts.len() > MAX_ENTRIES {
        reader.misfit(field, "too_many", format!("must have at most {MAX_ENTRIES} entries"));
        return Ok(Patch::Set(Vec::new()));
    }
    let mut values = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let repeated = || ("duplicate_entry", "stands more than once".to_owned());
        let entry = if texts[..index].contains(text) { Err(repeated()) } else { parse(text) };
        match entry {
            Ok(value) => values.push(value),
            Err((code, message)) => reader.misfit(&format!("{field}/{index}"), code, message),
        }
    }
    Ok(Patch::Set(values))
}

fn permission(text: &str) -> Result<PermissionPattern, Fault> {
    PermissionPattern::parse(text).ok_or_else(|| {
        let known: Vec<_> = PermissionPattern::texts().collect();
        let hint = nearest(text, &known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        ("unknown_permission", format!("is no permission{hint}"))
    })
}

fn role_name(text: &str) -> Result<RoleName, Fault> {
    RoleName::parse(text).map_err(|fault| (fault.code(), fault.to_string()))
}
