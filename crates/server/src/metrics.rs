//! Metrics for Prometheus: what is counted as it happens, and what is looked up when somebody asks.

mod adapters;
mod endpoint;
mod process;
mod sample;

use std::net::{SocketAddr, TcpListener};

use actix_web::dev::ServerHandle;
use anyhow::{Context, Result};
use hexado_web::Application;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::telemetry::Sink;
pub(crate) use adapters::Adapters;
use process::Process;
use sample::Collected;

/// Shows metrics on `address`, on a thread of its own that answers however busy the others are, until it is told to stop.
pub(crate) fn serve(
    address: SocketAddr,
    application: &Application,
    adapters: Adapters,
    sinks: Vec<Sink>,
) -> Result<ServerHandle> {
    let listener = TcpListener::bind(address)
        .with_context(|| format!("cannot show metrics on {address}; METRICS_ADDR says where"))?;
    tracing::info!(%address, "metrics are shown");
    endpoint::start(listener, registry(application, adapters, sinks))
}

fn registry(application: &Application, adapters: Adapters, sinks: Vec<Sink>) -> Registry {
    let mut registry = Registry::default();
    let hexado = registry.sub_registry_with_prefix("hexado");
    hexado.register("build", "What runs", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
    application.measure(hexado);
    hexado.register_collector(Box::new(Collected(adapters)));
    hexado.register_collector(Box::new(Collected(sinks)));
    registry.register_collector(Box::new(Collected(Process::of_now())));
    registry
}
