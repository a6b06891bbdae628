//! The routes of the audit log.

mod export;
mod filter;
mod list;
mod schemas;
mod verify;
mod view;

use crate::routes::Routes;

pub(crate) fn register(routes: &mut Routes<'_>) {
    routes.service(list::list_audit_records).service(export::export_audit_records).service(verify::verify_audit_log);
}
