use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz};
use hexado_domain::identity::{AcceptedCode, Session, Use};

use super::device::DeviceRecord;
use crate::sessions::BegunSession;
use crate::statement::prepared_once;

/// Spends a code, and opens the session that it lets into, or marks the one in which it is given; returns the user.
pub(super) struct UseCode<'a> {
    session: BegunSession<'a>,
    used: &'a Use,
    step: Option<i64>,
    left: Option<&'a str>,
    challenge: Option<&'a str>,
    device: DeviceRecord<'a>,
    lift_ban: bool,
    proven: ProvenSession<'a>,
}

impl<'a> UseCode<'a> {
    pub(super) fn of(used: &'a Use) -> Self {
        let (step, left) = match &used.code {
            AcceptedCode::Totp(step) => (Some(*step), None),
            AcceptedCode::Backup(left) => (None, Some(left.as_str())),
        };
        let entry = used.entry.as_ref();
        Self {
            session: BegunSession::of_option(entry.map(|entry| &entry.session)),
            used,
            step,
            left,
            challenge: entry.map(|entry| entry.challenge.as_str()),
            device: DeviceRecord::of_option(entry.and_then(|entry| entry.device.as_ref())),
            lift_ban: entry.is_some_and(|entry| entry.lift_ban),
            proven: used.session.as_ref().map(ProvenSession::of).unwrap_or_default(),
        }
    }
}

prepared_once!(UseCode -> Text);

impl QueryFragment<Pg> for UseCode<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Use { two_factor, at, .. } = self.used;
        out.push_sql(include_str!("../sql/use_code.sql"));
        self.session.push_binds(&mut out)?;
        out.push_bind_param_value_only::<Text, _>(two_factor.user_id.as_str())?;
        out.push_bind_param_value_only::<Timestamptz, _>(at)?;
        out.push_bind_param_value_only::<Text, _>(&two_factor.id)?;
        out.push_bind_param_value_only::<Text, _>(two_factor.secret.as_str())?;
        out.push_bind_param_value_only::<Text, _>(two_factor.backup_codes.as_str())?;
        out.push_bind_param_value_only::<Nullable<BigInt>, _>(&self.step)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.left)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.challenge)?;
        self.device.push_binds(&mut out)?;
        out.push_bind_param_value_only::<Bool, _>(&self.lift_ban)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.proven.id)?;
        out.push_bind_param_value_only::<Nullable<Timestamptz>, _>(&self.proven.authenticated_at)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.proven.amr)
    }
}

/// The session in which a code is given, or none (then all is null).
#[derive(Default)]
struct ProvenSession<'a> {
    id: Option<&'a str>,
    authenticated_at: Option<DateTime<Utc>>,
    amr: Option<&'a str>,
}

impl<'a> ProvenSession<'a> {
    fn of(session: &'a Session) -> Self {
        Self { id: Some(session.id.as_str()), authenticated_at: session.authenticated_at, amr: session.amr.as_deref() }
    }
}
