//! Every error answer: `application/problem+json` (RFC 9457).

mod codes;
mod from;

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use hexado_domain::error::{ErrorKind, Fault};
use serde::Serialize;

pub use codes::CODES;
pub(crate) use codes::types_path;

pub(crate) const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

/// What went wrong with a request, before it is known to which request it belongs.
#[derive(Debug)]
pub(crate) struct Problem(Box<Parts>);

/// Apart, so that results with a problem are as small as those without.
#[derive(Debug)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    detail: Cow<'static, str>,
    errors: Vec<ProblemField>,
    current_version: Option<i64>,
    max_age: Option<i64>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// One part of the request that is wrong.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ProblemField {
    /// JSON Pointer (RFC 6901) to the member of the body, or `/query/<name>` for a query parameter.
    #[schema(example = "/title")]
    pub pointer: String,
    /// Stable and fit for programs.
    #[schema(example = "blank")]
    pub code: &'static str,
    #[schema(example = "must not be blank")]
    pub message: String,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        debug_assert!(codes::is_listed(code), "`{code}` is missing in the table of codes");
        let (errors, headers) = (Vec::new(), Vec::new());
        let detail = detail.into();
        Self(Box::new(Parts {
            status,
            code,
            detail,
            errors,
            current_version: None,
            max_age: None,
            headers,
            cause: None,
        }))
    }

    /// 400: the request cannot be parsed.
    pub(crate) fn bad_request(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 422: the request can be parsed, but these parts of it are wrong.
    pub(crate) fn invalid(errors: Vec<ProblemField>) -> Self {
        let detail = match errors.as_slice() {
            [only] => format!("`{}` {}", only.pointer.trim_start_matches('/').replace("query/", ""), only.message),
            several => format!("{} fields are invalid", several.len()),
        };
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "validation_failed", detail);
        problem.0.errors = errors;
        problem
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this path")
    }

    /// 503: trying again after `seconds` may help.
    pub(crate) fn unavailable(code: &'static str, detail: &'static str, seconds: u16) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail).with_header(header::RETRY_AFTER, seconds.into())
    }

    pub(crate) fn internal() -> Self {
        let detail = "something went wrong on our side; the log has it under this request id";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", detail)
    }

    /// The problem of an answer that carries nothing but a status, as libraries make them.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found(),
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(status, "payload_too_large", "the body is too large"),
            StatusCode::REQUEST_TIMEOUT => Self::new(status, "request_timeout", "the request took too long to arrive"),
            status if status.is_client_error() => {
                Self::new(status, "bad_request", status.canonical_reason().unwrap_or("the request is not acceptable"))
            }
            _ => Self::internal(),
        }
    }

    pub(crate) fn code(&self) -> &'static str {
        self.0.code
    }

    pub(crate) fn detail(&self) -> &str {
        &self.0.detail
    }

    pub(crate) fn header(&self, name: &HeaderName) -> Option<&HeaderValue> {
        self.0.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub(crate) fn is_client_error(&self) -> bool {
        self.0.status.is_client_error()
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    fn with_cause(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.0.cause = Some(Box::new(cause));
        self
    }

    /// The chain of causes, for logs.
    pub(crate) fn causes(&self) -> Option<String> {
        let mut source = self.0.cause.as_deref().map(|cause| cause as &dyn Error);
        let mut chain = Vec::new();
        while let Some(error) = source {
            chain.push(error.to_string());
            source = error.source();
        }
        chain.dedup();
        (!chain.is_empty()).then(|| chain.join(": "))
    }

    /// The body for one request.
    pub(crate) fn body(&self, instance: &str, request_id: &str, reveal_causes: bool) -> String {
        let causes = if reveal_causes && self.0.status.is_server_error() { self.causes() } else { None };
        let body = ProblemBody {
            r#type: types_path(self.0.code),
            title: self.0.status.canonical_reason().unwrap_or("Error"),
            status: self.0.status.as_u16(),
            detail: &self.0.detail,
            instance,
            code: self.0.code,
            message: &self.0.detail,
            request_id,
            errors: &self.0.errors,
            current_version: self.0.current_version,
            max_age: self.0.max_age,
            causes,
        };
        serde_json::to_string(&body).unwrap_or_default()
    }
}

/// An error answer (RFC 9457).
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody<'a> {
    /// Identifies the kind of problem.
    #[schema(example = "/docs/errors#task_not_found")]
    r#type: String,
    #[schema(example = "Not Found")]
    title: &'a str,
    #[schema(example = 404)]
    status: u16,
    #[schema(example = "there is no such task")]
    detail: &'a str,
    /// Path of the request.
    #[schema(example = "/api/v1/tasks/7")]
    instance: &'a str,
    /// Stable and fit for programs.
    #[schema(example = "task_not_found")]
    code: &'a str,
    /// The same as `detail`.
    #[schema(example = "there is no such task")]
    message: &'a str,
    #[schema(example = "0197c2f4-6f7e-7d5c-8f0a-1c2d3e4f5a6b")]
    request_id: &'a str,
    /// The wrong parts of an invalid request.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(required = false)]
    errors: &'a [ProblemField],
    /// The present version of an object whose expected version is stale.
    #[serde(skip_serializing_if = "Option::is_none")]
    current_version: Option<i64>,
    /// In how many seconds before a request its caller has to have authenticated.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_age: Option<i64>,
    /// What led to a server error; only in development with `DEBUG=on`.
    #[serde(skip_serializing_if = "Option::is_none")]
    causes: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.detail)
    }
}

impl Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    /// Status and headers; the body follows where the request is known (`middleware/trace.rs`).
    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut answer = HttpResponseBuilder::new(self.0.status).finish();
        let headers: &mut HeaderMap = answer.headers_mut();
        for (name, value) in &self.0.headers {
            headers.insert(name.clone(), value.clone());
        }
        answer
    }
}

/// The one place where kinds of faults become HTTP statuses.
fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::Stale => StatusCode::PRECONDITION_FAILED,
        ErrorKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

pub(crate) fn of_fault(fault: impl Fault + Send + Sync + 'static) -> Problem {
    match fault.kind() {
        ErrorKind::Internal => Problem::internal().with_cause(fault),
        ErrorKind::Unavailable => {
            Problem::unavailable(fault.code(), "a service that is needed does not answer", 1).with_cause(fault)
        }
        ErrorKind::Conflict => Problem::new(StatusCode::CONFLICT, fault.code(), fault.to_string())
            .with_header(header::RETRY_AFTER, 1.into()),
        ErrorKind::Unauthenticated => Problem::new(StatusCode::UNAUTHORIZED, fault.code(), fault.to_string())
            .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
        kind => Problem::new(status_of(kind), fault.code(), fault.to_string()),
    }
}
