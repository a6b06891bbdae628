use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::sql_types::{Nullable, Text, Timestamptz};
use hexado_domain::identity::NewDevice;

/// The record of a device that becomes trusted with whatever a statement changes, or none (then all is null): three binds.
#[derive(Default)]
pub(crate) struct DeviceRecord<'a> {
    record_id: Option<&'a str>,
    id: Option<&'a str>,
    trusted_until: Option<DateTime<Utc>>,
}

impl<'a> DeviceRecord<'a> {
    pub(crate) fn of_option(device: Option<&'a NewDevice>) -> Self {
        let record = device.map(|device| Self {
            record_id: Some(&device.record_id),
            id: Some(device.id.as_str()),
            trusted_until: Some(device.trusted_until),
        });
        record.unwrap_or_default()
    }

    pub(crate) fn push_binds<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.record_id)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.id)?;
        out.push_bind_param_value_only::<Nullable<Timestamptz>, _>(&self.trusted_until)
    }
}
