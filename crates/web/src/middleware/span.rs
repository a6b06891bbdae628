//! The span of a request, with the attributes of OpenTelemetry's conventions for HTTP servers. Where no traces are
//! exported nobody is interested in it, and it is not made.

use actix_web::dev::ServiceRequest;
use actix_web::http::{Method, StatusCode};
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt};
use tracing::Span;
use tracing::field::Empty;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The query is left out: people put secrets into it.
pub(super) fn begin(request: &ServiceRequest, parent: Option<&SpanContext>) -> Span {
    let span = tracing::info_span!(
        "request",
        otel.name = request.method().as_str(),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = request.method().as_str(),
        http.response.status_code = Empty,
        http.route = Empty,
        url.path = request.path(),
        url.scheme = request.connection_info().scheme(),
        network.protocol.version = ?request.version(),
    );
    if let Some(parent) = parent.filter(|_| !span.is_disabled()) {
        // Fails only where no traces are exported.
        let _ = span.set_parent(Context::new().with_remote_span_context(parent.clone()));
    }
    span
}

pub(super) fn end(span: &Span, method: &Method, route: Option<&str>, status: StatusCode) {
    if span.is_disabled() {
        return;
    }
    span.record("http.response.status_code", status.as_u16());
    if let Some(route) = route {
        // A name that is recorded counts only until the span has begun.
        span.context().span().update_name(format!("{method} {route}"));
        span.record("http.route", route);
    }
    // A client's error is none of ours.
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
}

/// The trace that the request belongs to: the one that is exported, else the caller's.
pub(super) fn trace_id(span: &Span, parent: Option<&SpanContext>) -> Option<String> {
    if span.is_disabled() {
        return parent.map(|parent| parent.trace_id().to_string());
    }
    let context = span.context();
    let own = context.span().span_context().clone();
    own.is_valid().then(|| own.trace_id().to_string())
}
