//! Hexado's HTTP interface on actix-web. Handlers extract, call one use case, and map its result; they decide nothing.

mod app;
mod audit;
mod auth;
mod auth_paths;
mod better_auth;
mod blocks;
mod cookies;
mod cors;
mod docs;
mod extract;
mod health;
mod known_paths;
mod metrics;
mod middleware;
mod openapi;
mod problem;
mod readiness;
mod refusals;
mod rfc3339;
mod roles;
mod routes;
mod state;
mod tasks;
mod users;

pub use app::{Application, serve};
pub use cookies::{CookieOptions, SameSite};
pub use problem::CODES;
pub use readiness::Readiness;
pub use state::{Deps, Options};

/// The OpenAPI document as indented JSON with a final line feed.
pub fn openapi() -> String {
    let document = openapi::document().to_pretty_json().unwrap_or_default();
    document + "\n"
}
