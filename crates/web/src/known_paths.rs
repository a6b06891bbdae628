use actix_web::dev::ResourceDef;
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::PathItem;

use crate::problem::Problem;

/// The documented paths with their methods, to tell an unknown path from a wrong method.
pub(crate) struct KnownPaths(Vec<(ResourceDef, HeaderValue)>);

impl KnownPaths {
    pub(crate) fn of(document: &OpenApi) -> Self {
        let routes = document.paths.paths.iter().filter_map(|(path, item)| {
            let base = if item.servers.is_some() { "" } else { "/api/v1" };
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
