//! What is counted of requests. Nothing is counted until somebody asks for it ([`crate::Application::measure`]).

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::middleware::Gate;

/// Upper ends of the histogram's buckets in seconds, up to the deadline of a request.
const BUCKETS: [f64; 13] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

/// Counts requests by labels with few values: routes and never paths, methods that are known, statuses.
#[derive(Debug)]
pub(crate) struct HttpMetrics {
    requests: Family<RequestLabels, Counter>,
    durations: Family<RouteLabels, Histogram>,
    refusals: Family<RefusalLabels, Counter>,
    in_flight: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    code: &'static str,
}

impl HttpMetrics {
    pub(crate) fn new(registry: &mut Registry, gate: Arc<Gate>) -> Self {
        let metrics = Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            refusals: Family::default(),
            in_flight: Gauge::default(),
        };
        let Self { requests, durations, refusals, in_flight } = &metrics;
        registry.register("http_requests", "Requests that were answered", requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "From the request's head to its answer's head",
            Unit::Seconds,
            durations.clone(),
        );
        registry.register(
            "http_refusals",
            "Requests that were turned away, by the code of the answer",
            refusals.clone(),
        );
        registry.register("http_requests_in_flight", "Requests that are not answered yet", in_flight.clone());
        registry.register_collector(Box::new(GateCollector(gate)));
        metrics
    }

    /// Counts a request that has begun, until the guard is dropped.
    pub(crate) fn begin(&self) -> InFlight<'_> {
        self.in_flight.inc();
        InFlight(&self.in_flight)
    }

    /// Counts a request that was answered. `route` is the pattern that its path matched.
    pub(crate) fn answered(&self, route: &str, method: &Method, status: StatusCode, duration: Duration) {
        let route = RouteLabels { route: route.to_owned() };
        self.durations.get_or_create(&route).observe(duration.as_secs_f64());
        let labels = RequestLabels { route: route.route, method: known(method), status: status.as_u16() };
        self.requests.get_or_create(&labels).inc();
    }

    /// Counts a request that was turned away though nothing is wrong with it.
    pub(crate) fn refused(&self, code: &'static str) {
        self.refusals.get_or_create(&RefusalLabels { code }).inc();
    }
}

/// Counts a request as one in flight.
pub(crate) struct InFlight<'a>(&'a Gauge);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Clients may make up methods.
fn known(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

#[derive(Debug)]
struct GateCollector(Arc<Gate>);

impl Collector for GateCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> std::fmt::Result {
        let usage = self.0.usage();
        for (name, help, value) in [
            ("http_places", "Requests that may work at once", usage.places),
            ("http_places_taken", "Requests that work", usage.taken),
            ("http_places_awaited", "Requests that wait for a place", usage.waiting),
        ] {
            let metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX)).encode(metric)?;
        }
        Ok(())
    }
}
