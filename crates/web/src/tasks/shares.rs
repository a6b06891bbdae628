//! The routes of shares: with whom a task is shared.

mod grant;
mod list;
mod revoke;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn register(config: &mut ServiceConfig<'_>) {
    config.service(list::list_shares).service(grant::share_task).service(revoke::unshare_task);
}
