//! Traces: our own spans, sent to an OpenTelemetry collector by a thread of its own. What it cannot send in time is
//! dropped; a request never waits for it.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use secrecy::ExposeSecret;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::dynamic_filter_fn;

use super::BoxedLayer;
use crate::config::{Sampling, Traces};

/// How long a stop waits for the last spans to be sent.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How long sending one batch may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Sends spans. Dropping it sends what is waiting.
pub(super) struct Exporter(SdkTracerProvider);

impl Exporter {
    /// Connects to nothing yet.
    pub(super) fn start(traces: &Traces) -> Result<Self> {
        let headers = traces.headers.iter().map(|(name, value)| (name.clone(), value.expose_secret().to_owned()));
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(traces.endpoint.as_str())
            .with_timeout(TIMEOUT)
            .with_headers(headers.collect::<HashMap<_, _>>())
            .build()
            .context("traces cannot be exported")?;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(sampler(traces.sampling))
            .with_resource(resource(traces))
            .build();
        Ok(Self(provider))
    }

    /// Hands the spans of requests to the exporter, and those within them. Not those of libraries, which are many (and the
    /// exporter's own would never end), and not those of what runs in the background.
    pub(super) fn layer(&self) -> BoxedLayer {
        let scope = InstrumentationScope::builder("hexado").with_version(env!("CARGO_PKG_VERSION")).build();
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer_with_scope(scope))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(dynamic_filter_fn(|span, context| {
                let is_ours = span.is_span() && span.target().starts_with("hexado");
                is_ours && (span.name() == "request" || context.lookup_current().is_some())
            }))
            .boxed()
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(LAST_WORDS) {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}

fn sampler(sampling: Sampling) -> Sampler {
    match sampling {
        Sampling::Always => Sampler::AlwaysOn,
        Sampling::Never => Sampler::AlwaysOff,
        Sampling::Ratio(ratio) => Sampler::TraceIdRatioBased(ratio),
        Sampling::ParentElseAlways => Sampler::ParentBased(Box::new(Sampler::AlwaysOn)),
        Sampling::ParentElseNever => Sampler::ParentBased(Box::new(Sampler::AlwaysOff)),
        Sampling::ParentElseRatio(ratio) => Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(ratio))),
    }
}

fn resource(traces: &Traces) -> Resource {
    let given = traces.attributes.iter().map(|(name, value)| KeyValue::new(name.clone(), value.clone()));
    Resource::builder()
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attributes(given)
        .with_service_name(traces.service_name.clone())
        .build()
}
