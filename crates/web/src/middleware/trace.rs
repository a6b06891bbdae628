use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ResponseHead, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, web};
use futures_util::FutureExt;
use hexado_domain::id::UserId;

use super::headers::ContentPolicy;
use super::request_id;
use crate::extract::{Caller, CallerPath};
use crate::problem::{self, Problem};
use crate::state::State;

/// Gives the request an id, turns every error into a problem (a panic too), adds the headers that every answer has, and
/// writes one log line when the answer is known.
pub(crate) async fn trace<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let Some(state) = request.app_data::<web::Data<State>>().cloned() else { return Err(Problem::internal().into()) };
    let exchange = Exchange::begin(&request, &state);
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(response)) => Ok(exchange.finish(response, &state)),
        Ok(Err(error)) => Err(exchange.fail(&error, &state)),
        Err(_panic) => Err(exchange.fail(&Problem::internal().into(), &state)),
    }
}

/// What is known of a request before it is handed on, and needed when its answer comes back.
struct Exchange {
    started: Instant,
    method: actix_web::http::Method,
    path: String,
    request_id: String,
}

impl Exchange {
    fn begin(request: &ServiceRequest, state: &State) -> Self {
        let request_id = request_id::request_id(request.headers(), &*state.deps.clock, &*state.deps.entropy);
        Self { started: Instant::now(), method: request.method().clone(), path: request.path().to_owned(), request_id }
    }

    fn finish<B: MessageBody>(self, response: ServiceResponse<B>, state: &State) -> ServiceResponse<EitherBody<B>> {
        let status = response.status();
        let failure = self.failure(&response, state);
        let route = response.request().match_pattern();
        let user = response.request().extensions().get::<Caller>().map(|caller| caller.user_id.clone());
        let causes = failure.as_ref().and_then(|failure| failure.causes.clone());
        let mut response = match failure {
            Some(failure) => response.map_body(|head, _| failure.into_body(head)).map_into_right_body(),
            None => response.map_into_left_body(),
        };
        self.put_headers(response.response_mut(), state);
        self.log(status, route.as_deref(), user.as_ref().map(UserId::as_str), causes.as_deref());
        response
    }

    /// What an error answer must tell: its own problem, or for answers of libraries one of the same status. A handler
    /// that wrote JSON has told it already (health does).
    fn failure<B>(&self, response: &ServiceResponse<B>, state: &State) -> Option<Failure> {
        let status = response.status();
        if !status.is_client_error() && !status.is_server_error() {
            return None;
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
        let path = response.request().extensions().get::<CallerPath>().map(|path| path.0.clone());
        let instance = path.as_deref().unwrap_or(&self.path);
        Some(Failure {
            body: problem.body(instance, &self.request_id, state.options.reveal_causes),
            causes: problem.causes(),
        })
    }

    fn fail(self, error: &Error, state: &State) -> Error {
        let generic = Problem::of_status(error.as_response_error().status_code());
        let problem = error.as_error::<Problem>().unwrap_or(&generic);
        let mut response = actix_web::ResponseError::error_response(problem);
        response.headers_mut().insert(header::CONTENT_TYPE, problem::CONTENT_TYPE);
        let body = problem.body(&self.path, &self.request_id, state.options.reveal_causes);
        let mut response = response.set_body(BoxBody::new(body));
        self.put_headers(&mut response, state);
        self.log(response.status(), None, None, problem.causes().as_deref());
        InternalError::from_response(problem.to_string(), response).into()
    }

    fn put_headers<B>(&self, response: &mut HttpResponse<B>, state: &State) {
        let policy = response.extensions().get::<ContentPolicy>().copied();
        let headers = response.headers_mut();
        state.security_headers.put(headers, policy);
        if let Ok(id) = HeaderValue::from_str(&self.request_id) {
            headers.insert(HeaderName::from_static(request_id::NAME), id);
        }
    }

    fn log(&self, status: StatusCode, route: Option<&str>, user: Option<&str>, error: Option<&str>) {
        let (method, status) = (self.method.as_str(), status.as_u16());
        let route = route.unwrap_or("none");
        // Whole microseconds, so that it is short to write.
        let duration_ms = (self.started.elapsed().as_secs_f64() * 1e6).round() / 1e3;
        let request_id = self.request_id.as_str();
        if status >= 500 {
            tracing::warn!(target: "hexado_web::access", method, route, status, duration_ms, user, request_id, error);
        } else {
            tracing::info!(target: "hexado_web::access", method, route, status, duration_ms, user, request_id, error);
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
}

struct Failure {
    body: String,
    causes: Option<String>,
}

impl Failure {
    fn into_body(self, head: &mut ResponseHead) -> BoxBody {
        head.headers.insert(header::CONTENT_TYPE, problem::CONTENT_TYPE);
        BoxBody::new(self.body)
    }
}
