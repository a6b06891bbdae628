use std::sync::OnceLock;

use actix_web::dev::ResourceDef;
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::PathItem;

use crate::problem::Problem;

/// The documented paths with their methods, to tell an unknown path from a wrong method.
pub(crate) struct KnownPaths {
    /// With what `Allow` says of each.
    paths: Vec<(String, HeaderValue)>,
    /// Of each path, made when somebody first asks: it takes a while, and a server starts without.
    patterns: OnceLock<Vec<ResourceDef>>,
}

impl KnownPaths {
    pub(crate) fn of(document: &OpenApi) -> Self {
        let routes = document.paths.paths.iter().filter_map(|(path, item)| {
            let base = if item.servers.is_some() { "" } else { "/api/v1" };
            let allow = HeaderValue::try_from(methods(item).join(", ")).ok()?;
            Some((format!("{base}{path}"), allow))
        });
        Self { paths: routes.collect(), patterns: OnceLock::new() }
    }

    /// Why there is no handler for this method at this path; `None` if there is one.
    pub(crate) fn refusal(&self, path: &str, method: &Method) -> Option<Problem> {
        let make = || self.paths.iter().map(|(path, _)| ResourceDef::new(path.as_str())).collect();
        let patterns = self.patterns.get_or_init(make);
        let Some((_, (_, allow))) = patterns.iter().zip(&self.paths).find(|(pattern, _)| pattern.is_match(path)) else {
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
