//! The routes of blocked addresses.

mod create;
mod delete;
mod input;
mod list;
mod schemas;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn register(config: &mut ServiceConfig<'_>) {
    config.service(list::list_blocks).service(create::create_block).service(delete::delete_block);
}
