//! The routes of the audit log.

mod export;
mod filter;
mod list;
mod schemas;
mod verify;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn register(config: &mut ServiceConfig<'_>) {
    config.service(list::list_audit_records).service(export::export_audit_records).service(verify::verify_audit_log);
}
