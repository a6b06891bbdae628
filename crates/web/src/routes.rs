//! Which handlers there are, and what is answered where there is none.

use actix_web::dev::HttpServiceFactory;
use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, Scope, web};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::OpenApiFactory;

use crate::auth_paths::AUTH_BASE;
use crate::problem::Problem;
use crate::state::State;
use crate::{audit, auth, better_auth, blocks, health, middleware, roles, tasks, users};

const BASE: &str = "/api/v1";

/// Every route, registered once: from here come the server's routing and the OpenAPI document.
pub(crate) fn register(routes: &mut Routes<'_>) {
    health::register(routes);
    let doors = |routes: &mut Routes<'_>| {
        routes.configure(better_auth::register).configure(auth::register);
    };
    routes.scope(AUTH_BASE, doors, |scope| scope.wrap(from_fn(middleware::open)));
    let api = |routes: &mut Routes<'_>| {
        routes
            .configure(tasks::register)
            .configure(users::register)
            .configure(auth::sessions::register)
            .configure(roles::register)
            .configure(audit::register)
            .configure(blocks::register);
    };
    routes.scope(BASE, api, |scope| scope.wrap(from_fn(middleware::admit)));
}

/// Where handlers are registered. They are described only while the document is made: every worker has routes of its
/// own, and describing them anew would cost each of them megabytes.
pub(crate) struct Routes<'c> {
    config: &'c mut web::ServiceConfig,
    document: Option<&'c mut OpenApi>,
    base: &'static str,
}

impl<'c> Routes<'c> {
    pub(crate) fn new(config: &'c mut web::ServiceConfig, document: Option<&'c mut OpenApi>) -> Self {
        Self { config, document, base: "" }
    }

    pub(crate) fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, handler: F) -> &mut Self {
        if let Some(document) = &mut self.document {
            describe(&handler, self.base, document);
        }
        self.config.service(handler);
        self
    }

    pub(crate) fn configure(&mut self, register: impl FnOnce(&mut Routes<'_>)) -> &mut Self {
        register(self);
        self
    }

    /// Routes below a path, with what is wrapped around all of them.
    fn scope<S: HttpServiceFactory + 'static>(
        &mut self,
        base: &'static str,
        register: impl FnOnce(&mut Routes<'_>),
        wrap: impl FnOnce(Scope) -> S,
    ) {
        let document = self.document.as_deref_mut();
        let scope = web::scope(base).configure(|config| register(&mut Routes { config, document, base }));
        self.config.service(wrap(scope));
    }
}

fn describe(handler: &impl OpenApiFactory, base: &str, document: &mut OpenApi) {
    let mut paths = handler.paths();
    paths.paths = paths.paths.into_iter().map(|(path, item)| (format!("{base}{path}"), item)).collect();
    document.paths.merge(paths);
    let mut schemas = Vec::new();
    handler.schemas(&mut schemas);
    document.components.get_or_insert_default().schemas.extend(schemas);
}

/// Answers what no handler answers.
pub(crate) async fn not_routed(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    match state.known_paths.refusal(request.path(), request.method()) {
        Some(problem) => Err(problem),
        // Only OPTIONS is allowed everywhere without a handler.
        None => Ok(HttpResponse::NoContent().finish()),
    }
}
