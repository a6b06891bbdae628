//! Which handlers there are, and what is answered where there is none.

use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::path::PathItem;
use utoipa_actix_web::scope::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::problem::Problem;
use crate::state::State;
use crate::{health, key_set, middleware, openapi, tasks};

const BASE: &str = "/api/v1";

/// Every route, registered once: from here come the server's routing and the OpenAPI document.
pub(crate) fn register(config: &mut ServiceConfig<'_>) {
    health::register(config);
    config.service(scope("/api/v1/auth").service(key_set::jwks));
    config.service(scope(BASE).configure(tasks::register).wrap(from_fn(middleware::admit)));
}

/// The documented paths with their methods, to tell an unknown path from a wrong method.
pub(crate) struct Routes(Vec<(ResourceDef, HeaderValue)>);

impl Routes {
    pub(crate) fn documented() -> Self {
        let paths = openapi::document().paths.paths;
        let routes = paths.iter().filter_map(|(path, item)| {
            let base = if item.servers.is_some() { "" } else { BASE };
            let allow = HeaderValue::try_from(methods(item).join(", ")).ok()?;
            Some((ResourceDef::new(format!("{base}{path}")), allow))
        });
        Self(routes.collect())
    }

    /// Why there is no handler for this method at this path; `None` if there is one.
    pub(crate) fn refusal(&self, path: &str, method: &Method) -> Option<Problem> {
        let Some((_, allow)) = self.0.iter().find(|(pattern, _)| pattern.is_match(path)) else {
            return Some(Problem::not_found());
        };
        let allowed = allow.to_str().unwrap_or_default();
        if allowed.split(", ").any(|name| name == method.as_str()) {
            return None;
        }
        let detail = format!("this path knows {allowed}");
        let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail);
        Some(problem.with_header(header::ALLOW, allow.clone()))
    }
}

fn methods(item: &PathItem) -> Vec<&'static str> {
    let known = [
        ("GET", item.get.is_some()),
        ("HEAD", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
        ("PATCH", item.patch.is_some()),
        ("DELETE", item.delete.is_some()),
        ("OPTIONS", true),
    ];
    known.into_iter().filter_map(|(name, allowed)| allowed.then_some(name)).collect()
}

/// Answers what no handler answers.
pub(crate) async fn not_routed(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    match state.routes.refusal(request.path(), request.method()) {
        Some(problem) => Err(problem),
        // Only OPTIONS is allowed everywhere without a handler.
        None => Ok(HttpResponse::NoContent().finish()),
    }
}
