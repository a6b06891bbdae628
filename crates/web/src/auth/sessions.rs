//! A user's sessions, for the user themselves.

mod end_all;
mod end_one;
mod list;

use actix_web::http::StatusCode;
use hexado_domain::access::rules::Owner;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::extract::{Caller, OwnerInPath};
use crate::problem::Problem;

pub(crate) fn register(config: &mut ServiceConfig<'_>) {
    config.service(list::list_sessions).service(end_all::end_sessions).service(end_one::end_session);
}

fn check_owner(caller: &Caller, OwnerInPath(owner): &OwnerInPath) -> Result<(), Problem> {
    match owner {
        Owner::User(user_id) if *user_id != caller.user_id => {
            Err(Problem::new(StatusCode::FORBIDDEN, "user_mismatch", "the user in the path is not the caller"))
        }
        Owner::User(_) | Owner::Caller => Ok(()),
    }
}
