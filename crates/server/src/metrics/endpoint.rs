use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Result;
use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers `GET /metrics`, and nothing else.
pub(super) fn start(listener: TcpListener, registry: Registry) -> Result<ServerHandle> {
    let registry = web::Data::new(registry);
    let server = HttpServer::new(move || App::new().app_data(registry.clone()).route("/metrics", web::get().to(show)))
        .workers(1)
        .max_connections(16)
        .disable_signals()
        .client_request_timeout(Duration::from_secs(10))
        .listen(listener)?
        .run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(handle)
}

async fn show(registry: web::Data<Registry>) -> HttpResponse {
    let mut text = String::new();
    match text::encode(&mut text, &registry) {
        Ok(()) => HttpResponse::Ok().content_type(CONTENT_TYPE).body(text),
        Err(error) => {
            tracing::warn!(%error, "metrics cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}
