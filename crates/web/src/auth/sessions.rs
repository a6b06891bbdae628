//! A user's sessions, for the user themselves and for those who may manage the sessions of any.

mod end_all;
mod end_one;
mod list;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn register(config: &mut ServiceConfig<'_>) {
    config.service(list::list_sessions).service(end_all::end_sessions).service(end_one::end_session);
}
