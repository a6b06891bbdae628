use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ResponseHead, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError, web};
use futures_util::FutureExt;
use opentelemetry::trace::SpanContext;
use tracing::{Instrument, Span};

use super::headers::ContentPolicy;
use super::{request_id, span, trace_context};
use crate::better_auth::WireError;
use crate::cors;
use crate::extract::{Caller, CallerPath, RequestId, client_address};
use crate::metrics::HttpMetrics;
use crate::problem::{self, Problem};
use crate::state::State;

/// Gives the request an id, turns every error into a problem (a panic too), adds the headers that every answer has, and
/// tells of it when the answer is known: in one log line, the metrics and a span.
pub(crate) async fn trace<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let Some(state) = request.app_data::<web::Data<State>>().cloned() else { return Err(Problem::internal().into()) };
    let _in_flight = state.metrics.get().map(HttpMetrics::begin);
    let exchange = Exchange::begin(&request, &state);
    let answer = AssertUnwindSafe(next.call(request)).catch_unwind().instrument(exchange.span.clone());
    match answer.await {
        Ok(Ok(response)) => Ok(exchange.finish(response)),
        Ok(Err(error)) => Err(exchange.fail(&error)),
        Err(_panic) => Err(exchange.fail(&Problem::internal().into())),
    }
}

/// What is known of a request before it is handed on, and needed when its answer comes back.
struct Exchange<'a> {
    state: &'a State,
    started: Instant,
    method: actix_web::http::Method,
    path: String,
    request_id: Arc<str>,
    /// Of the page that calls, if it may.
    origin: Option<HeaderValue>,
    parent: Option<SpanContext>,
    span: Span,
}

impl<'a> Exchange<'a> {
    fn begin(request: &ServiceRequest, state: &'a State) -> Self {
        let parent = trace_context::remote_parent(request.headers());
        let request_id: Arc<str> =
            request_id::request_id(request.headers(), &*state.deps.clock, &*state.deps.entropy).into();
        request.extensions_mut().insert(RequestId(Arc::clone(&request_id)));
        Self {
            state,
            started: Instant::now(),
            method: request.method().clone(),
            path: request.path().to_owned(),
            request_id,
            origin: cors::origin(request.headers(), &state.options.cors_origins),
            span: span::begin(request, parent.as_ref()),
            parent,
        }
    }

    fn finish<B: MessageBody>(self, response: ServiceResponse<B>) -> ServiceResponse<EitherBody<B>> {
        let failure = self.failure(&response);
        if let Some(failure) = &failure {
            self.count_stranger(&response, failure.code);
        }
        self.tell(&response, failure.as_ref());
        let mut response = match failure.and_then(|failure| failure.body) {
            Some(body) => response.map_body(|head, _| problem_body(head, body)).map_into_right_body(),
            None => response.map_into_left_body(),
        };
        self.put_headers(response.response_mut());
        response
    }

    /// Notes what is refused to a caller who is not known.
    fn count_stranger<B>(&self, response: &ServiceResponse<B>, code: &'static str) {
        let request = response.request();
        let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS];
        if refused.contains(&response.status()) && request.extensions().get::<Caller>().is_none() {
            self.state.refusals.count(client_address(request, &self.state.options.trusted_proxies), code);
        }
    }

    /// What an error answer must tell: its own problem, or for answers of libraries one of the same status. A handler
    /// that wrote JSON has told it already (health does), and so has the wire.
    fn failure<B>(&self, response: &ServiceResponse<B>) -> Option<Failure> {
        let status = response.status();
        if !status.is_client_error() && !status.is_server_error() {
            return None;
        }
        if let Some(error) = response.response().error().and_then(|error| error.as_error::<WireError>()) {
            return Some(Failure::of_wire(error));
        }
        let generic;
        let problem = match response.response().error().and_then(|error| error.as_error::<Problem>()) {
            Some(problem) => problem,
            None if is_json(response.headers()) => return None,
            None => {
                generic = Problem::of_status(status);
                &generic
            }
        };
        let extensions = response.request().extensions();
        let path = extensions.get::<CallerPath>().map_or(&self.path, |path| &path.0);
        Some(self.failure_of(problem, path))
    }

    fn failure_of(&self, problem: &Problem, path: &str) -> Failure {
        let body = problem.body(path, &self.request_id, self.state.options.reveal_causes);
        Failure { code: problem.code(), body: Some(body), causes: problem.causes() }
    }

    fn fail(self, error: &Error) -> Error {
        if let Some(error) = error.as_error::<WireError>() {
            return self.fail_with(error, Failure::of_wire(error));
        }
        let generic = Problem::of_status(error.as_response_error().status_code());
        let problem = error.as_error::<Problem>().unwrap_or(&generic);
        let failure = self.failure_of(problem, &self.path);
        self.fail_with(problem, failure)
    }

    fn fail_with(self, error: &impl ResponseError, failure: Failure) -> Error {
        let mut response = error.error_response();
        let outcome = Outcome { status: response.status(), route: None, user: None, failure: Some(&failure) };
        self.tell_outcome(&outcome);
        if let Some(body) = failure.body {
            response = response.map_body(|head, _| problem_body(head, body));
        }
        self.put_headers(&mut response);
        if let Some(origin) = &self.origin {
            cors::put(response.headers_mut(), origin);
        }
        InternalError::from_response(error.to_string(), response).into()
    }

    fn put_headers<B>(&self, response: &mut HttpResponse<B>) {
        let policy = response.extensions().get::<ContentPolicy>().copied();
        let headers = response.headers_mut();
        self.state.security_headers.put(headers, policy);
        if let Ok(id) = HeaderValue::from_str(&self.request_id) {
            headers.insert(HeaderName::from_static(request_id::NAME), id);
        }
    }

    fn tell<B>(&self, response: &ServiceResponse<B>, failure: Option<&Failure>) {
        let (request, status) = (response.request(), response.status());
        let (route, extensions) = (request.match_pattern(), request.extensions());
        let user = extensions.get::<Caller>().map(|caller| caller.user_id.as_str());
        self.tell_outcome(&Outcome { status, route: route.as_deref(), user, failure });
    }

    fn tell_outcome(&self, outcome: &Outcome<'_>) {
        span::end(&self.span, &self.method, outcome.route, outcome.status);
        if let Some(metrics) = self.state.metrics.get() {
            self.count(metrics, outcome);
        }
        self.log(outcome);
    }

    fn count(&self, metrics: &HttpMetrics, outcome: &Outcome<'_>) {
        let Outcome { status, route, failure, .. } = outcome;
        metrics.answered(route.unwrap_or(NO_ROUTE), &self.method, *status, self.started.elapsed());
        let is_refusal = matches!(*status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        if let Some(failure) = failure.filter(|_| is_refusal) {
            metrics.refused(failure.code);
        }
    }

    fn log(&self, outcome: &Outcome<'_>) {
        let (method, status) = (self.method.as_str(), outcome.status.as_u16());
        let (route, user) = (outcome.route.unwrap_or(NO_ROUTE), outcome.user);
        let error = outcome.failure.and_then(|failure| failure.causes.as_deref());
        // Whole microseconds, so that it is short to write.
        let duration_ms = (self.started.elapsed().as_secs_f64() * 1e6).round() / 1e3;
        let request_id = &*self.request_id;
        let trace_id = span::trace_id(&self.span, self.parent.as_ref());
        let trace_id = trace_id.as_deref();
        if status >= 500 {
            tracing::warn!(target: "hexado_web::access", method, route, status, duration_ms, user, request_id, trace_id, error);
        } else {
            tracing::info!(target: "hexado_web::access", method, route, status, duration_ms, user, request_id, trace_id, error);
        }
    }
}

/// What stands for the route of all requests that match none.
const NO_ROUTE: &str = "none";

/// How a request ended.
struct Outcome<'a> {
    status: StatusCode,
    route: Option<&'a str>,
    user: Option<&'a str>,
    failure: Option<&'a Failure>,
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
}

struct Failure {
    code: &'static str,
    /// In place of the answer's own.
    body: Option<String>,
    causes: Option<String>,
}

impl Failure {
    fn of_wire(error: &WireError) -> Self {
        Self { code: error.fault(), body: None, causes: error.causes() }
    }
}

fn problem_body(head: &mut ResponseHead, body: String) -> BoxBody {
    head.headers.insert(header::CONTENT_TYPE, problem::CONTENT_TYPE);
    BoxBody::new(body)
}
