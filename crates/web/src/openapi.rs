//! The OpenAPI 3.1 document: generated from the handlers, then completed with what holds for all of them.

mod complete;
mod security;

use actix_web::App;
use utoipa::OpenApi;

use crate::routes::{self, Routes};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hexado",
        description = "A to-do back end that speaks Better Auth. Every error is `application/problem+json` (RFC 9457) \
            with a stable `code`. `/api` is the same as `/api/v1`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "tasks", description = "What a user has to do"),
        (name = "auth", description = "Signing up, signing in, and the caller's sessions"),
        (name = "better-auth", description = "Better Auth's wire contract"),
        (name = "users", description = "Accounts, for those who may manage them, and for everybody their own"),
        (name = "roles", description = "Bundles of permissions, for those who may manage them"),
        (name = "audit", description = "Who did what to whom"),
        (name = "security", description = "Addresses that nobody may come from"),
        (name = "health", description = "Signs of life"),
    ),
    components(schemas(crate::problem::ProblemBody, crate::better_auth::WireErrorBody)),
)]
struct Document;

/// The document, made from the registration that serves the routes.
pub(crate) fn document() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    App::new().configure(|config| routes::register(&mut Routes::new(config, Some(&mut document))));
    complete::complete(&mut document);
    document
}
