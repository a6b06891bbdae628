use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, Error, HttpServer, web};
use prometheus_client::registry::Registry;

use crate::cors::cors;
use crate::known_paths::KnownPaths;
use crate::metrics::HttpMetrics;
use crate::routes::Routes;
use crate::state::{Deps, Options, State};
use crate::{docs, middleware, openapi, routes};

/// How long a stop waits for requests in flight: longer than any answer may take.
const SHUTDOWN: Duration = Duration::from_secs(8);

/// Starts answering on `listeners`. The returned server must be polled; it does not watch for signals. Each worker calls
/// `on_start` on its runtime before its first request.
pub fn serve(
    listeners: Vec<TcpListener>,
    workers: usize,
    application: Application,
    on_start: impl Fn() + Clone + Send + 'static,
) -> std::io::Result<Server> {
    let build = move || {
        on_start();
        application.build()
    };
    let server = HttpServer::new(build)
        .workers(workers)
        .disable_signals()
        .shutdown_timeout(SHUTDOWN.as_secs())
        .client_request_timeout(Duration::from_secs(10))
        .client_disconnect_timeout(Duration::from_millis(100));
    Ok(listeners.into_iter().try_fold(server, HttpServer::listen)?.run())
}

/// What the applications of all workers are made from: the same for the server and for tests.
#[derive(Clone)]
pub struct Application {
    state: web::Data<State>,
    document: web::Bytes,
}

impl Application {
    pub fn new(deps: Deps, options: Options) -> Self {
        let document = openapi::document();
        let state = web::Data::new(State::new(deps, options, KnownPaths::of(&document)));
        Self { state, document: document.to_json().unwrap_or_default().into() }
    }

    /// Counts requests from now on, for `registry`.
    pub fn measure(&self, registry: &mut Registry) {
        self.state.metrics.get_or_init(|| HttpMetrics::new(registry, Arc::clone(&self.state.gate)));
    }

    /// Writes to the log what was refused to strangers since it last did. To be called once a minute.
    pub fn tell_refusals(&self) {
        self.state.refusals.tell();
    }

    pub fn build(
        &self,
    ) -> App<
        impl ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<impl MessageBody + use<>>,
            Error = Error,
            InitError = (),
        > + use<>,
    > {
        let options = &self.state.options;
        let mut app = App::new().app_data(self.state.clone());
        app = app.configure(|config| routes::register(&mut Routes::new(config, None)));
        if options.api_docs {
            app = app.configure(|config| docs::register(config, &self.document));
        }
        app.default_service(web::to(routes::not_routed))
            .wrap(from_fn(middleware::refuse_blocked))
            .wrap(from_fn(middleware::normalize))
            .wrap(cors(&options.cors_origins))
            .wrap(from_fn(middleware::trace))
            .wrap(from_fn(middleware::farewell))
    }
}
