use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::sql_types::{Nullable, Text, Timestamptz};
use hexado_domain::id::UserId;
use hexado_domain::identity::Session;

/// A session that begins with whatever a statement changes, or none (then all is null): the statement's first 11 binds.
#[derive(Default)]
pub(crate) struct BegunSession<'a> {
    id: Option<&'a str>,
    token: Option<&'a str>,
    user_id: Option<&'a str>,
    expires_at: Option<DateTime<Utc>>,
    created_at: Option<DateTime<Utc>>,
    updated_at: Option<DateTime<Utc>>,
    ip_address: Option<&'a str>,
    user_agent: Option<&'a str>,
    impersonated_by: Option<&'a str>,
    authenticated_at: Option<DateTime<Utc>>,
    amr: Option<&'a str>,
}

impl<'a> BegunSession<'a> {
    pub(crate) fn of(session: &'a Session) -> Self {
        Self {
            id: Some(session.id.as_str()),
            token: Some(session.token.as_str()),
            user_id: Some(session.user_id.as_str()),
            expires_at: Some(session.expires_at),
            created_at: Some(session.created_at),
            updated_at: Some(session.updated_at),
            ip_address: Some(&session.ip_address),
            user_agent: Some(&session.user_agent),
            impersonated_by: session.impersonated_by.as_ref().map(UserId::as_str),
            authenticated_at: session.authenticated_at,
            amr: session.amr.as_deref(),
        }
    }

    pub(crate) fn of_option(session: Option<&'a Session>) -> Self {
        session.map(Self::of).unwrap_or_default()
    }

    pub(crate) fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.id)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.token)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.user_id)?;
        out.push_bind_param_value_only::<Nullable<Timestamptz>, _>(&self.expires_at)?;
        out.push_bind_param_value_only::<Nullable<Timestamptz>, _>(&self.created_at)?;
        out.push_bind_param_value_only::<Nullable<Timestamptz>, _>(&self.updated_at)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.ip_address)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.user_agent)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.impersonated_by)?;
        out.push_bind_param_value_only::<Nullable<Timestamptz>, _>(&self.authenticated_at)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.amr)
    }
}
