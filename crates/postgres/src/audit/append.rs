use std::borrow::Cow;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz};
use hexado_domain::audit::{AuditEvent, FieldChange, Target};
use hexado_domain::id::UserId;
use serde_json::{Map, Value};

use crate::statement::prepared_once;

/// Stores an event; returns its id.
pub(crate) struct Append<'a> {
    at: DateTime<Utc>,
    actor: Option<&'a str>,
    action: &'static str,
    target_kind: Option<&'static str>,
    target: Option<Cow<'a, str>>,
    before: Option<String>,
    after: Option<String>,
    address: String,
    user_agent: &'a str,
    request_id: &'a str,
    impersonator: Option<&'a str>,
}

impl<'a> Append<'a> {
    pub(crate) fn of(event: &'a AuditEvent) -> Self {
        let AuditEvent { action, actor, target, changes, visitor, at } = event;
        Self {
            at: *at,
            actor: actor.as_ref().map(UserId::as_str),
            action: action.as_str(),
            target_kind: target.as_ref().map(Target::kind),
            target: target.as_ref().map(Target::id),
            before: object(changes, |change| change.before.as_deref()),
            after: object(changes, |change| change.after.as_deref()),
            address: visitor.address_text(),
            user_agent: &visitor.user_agent,
            request_id: &visitor.request_id,
            impersonator: visitor.impersonator.as_ref().map(UserId::as_str),
        }
    }
}

/// One side of the changes as a JSON object; `None` when nothing is on that side.
fn object(changes: &[FieldChange], side: impl Fn(&FieldChange) -> Option<&str>) -> Option<String> {
    let members: Map<String, Value> =
        changes.iter().filter_map(|change| Some((change.field.to_owned(), side(change)?.into()))).collect();
    (!members.is_empty()).then(|| Value::Object(members).to_string())
}

prepared_once!(Append -> BigInt);

impl QueryFragment<Pg> for Append<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("../sql/append_audit_record.sql"));
        out.push_bind_param_value_only::<Timestamptz, _>(&self.at)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.actor)?;
        out.push_bind_param_value_only::<Text, _>(self.action)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.target_kind)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.target)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.before)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.after)?;
        out.push_bind_param_value_only::<Text, _>(&self.address)?;
        out.push_bind_param_value_only::<Text, _>(self.user_agent)?;
        out.push_bind_param_value_only::<Text, _>(self.request_id)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.impersonator)
    }
}
