//! Which handlers there are, and what is answered where there is none.

use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa_actix_web::scope::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth_paths::AUTH_BASE;
use crate::problem::Problem;
use crate::state::State;
use crate::{audit, auth, better_auth, blocks, health, middleware, roles, tasks, users};

const BASE: &str = "/api/v1";

/// Every route, registered once: from here come the server's routing and the OpenAPI document.
pub(crate) fn register(config: &mut ServiceConfig<'_>) {
    health::register(config);
    let doors = scope(AUTH_BASE).configure(better_auth::register).configure(auth::register);
    config.service(doors.wrap(from_fn(middleware::open)));
    let api = scope(BASE)
        .configure(tasks::register)
        .configure(users::register)
        .configure(auth::sessions::register)
        .configure(roles::register)
        .configure(audit::register)
        .configure(blocks::register);
    config.service(api.wrap(from_fn(middleware::admit)));
}

/// Answers what no handler answers.
pub(crate) async fn not_routed(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    match state.known_paths.refusal(request.path(), request.method()) {
        Some(problem) => Err(problem),
        // Only OPTIONS is allowed everywhere without a handler.
        None => Ok(HttpResponse::NoContent().finish()),
    }
}
