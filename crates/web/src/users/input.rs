//! The bodies of users.

use actix_web::http::header::HeaderMap;
use hexado_domain::access::{RoleName, role_names};
use hexado_domain::error::FieldFault;
use hexado_domain::identity::rules::MAX_NAME_LENGTH;
use hexado_domain::identity::users::{Ban, UserPatch};
use hexado_domain::patch::Patch;
use hexado_domain::task::DueAt;
use hexado_domain::text;
use serde_json::Value;

use crate::auth::MAX_IMAGE;
use crate::extract::{Fields, FromBody, Reader, parse_email, wrong_type};
use crate::problem::Problem;
use crate::roles::input::role_name;

#[derive(Debug)]
pub(super) struct UpdateInput(pub UserPatch);

/// Roles that a user shall have: at least one.
#[derive(Debug)]
pub(super) struct RoleInput(pub Vec<RoleName>);

#[derive(Debug)]
pub(super) struct BanInput(pub Ban);

impl FromBody for UpdateInput {
    fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        let known = ["name", "image", "email", "email_verified"];
        let mut reader = Reader::new(Fields::json_only(headers, body)?, &known)?;
        let name = reader.text_patch("name", |name| line(name, MAX_NAME_LENGTH))?;
        let image = reader.text_patch("image", |image| line(image, MAX_IMAGE))?;
        let email = reader.text_patch("email", parse_email)?;
        let email_verified = reader.boolean("email_verified")?;
        let (name, email) = (set(&mut reader, "name", name), set(&mut reader, "email", email));
        reader.finish(Some(UserPatch { name, image, email, email_verified })).map(Self)
    }
}

impl FromBody for RoleInput {
    fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        let mut reader = Reader::new(Fields::json_only(headers, body)?, &["role"])?;
        let roles = match reader.take("role") {
            Some(Value::String(names)) if role_names(&names).next().is_some() => {
                let roles = role_names(&names).map(RoleName::parse).collect();
                reader.keep_fault("role", roles)
            }
            Some(Value::Array(entries)) if !entries.is_empty() => Some(reader.entries("role", &entries, role_name)?),
            Some(Value::String(_) | Value::Array(_)) => {
                reader.fault("role", FieldFault::Blank);
                None
            }
            Some(_) => return Err(wrong_type("role", "a string or a list of strings")),
            None => {
                reader.require("role");
                None
            }
        };
        reader.finish(roles).map(Self)
    }
}

impl FromBody for BanInput {
    fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        let mut reader = Reader::new(Fields::json_or_nothing(headers, body)?, &["reason", "expires_at"])?;
        let reason = reader.text_patch("reason", |reason| line(reason, Ban::MAX_REASON))?.apply(None);
        let expires_at = reader.text_patch("expires_at", DueAt::parse)?.apply(None).map(DueAt::get);
        reader.finish(Some(Ban { reason, expires_at })).map(Self)
    }
}

fn line(text: &str, max: usize) -> Result<String, FieldFault> {
    text::single_line(text, max).map(str::to_owned)
}

/// What cannot be cleared.
fn set<T>(reader: &mut Reader, field: &'static str, patch: Patch<T>) -> Option<T> {
    if matches!(patch, Patch::Clear) {
        reader.fault(field, FieldFault::Required);
    }
    patch.apply(None)
}
