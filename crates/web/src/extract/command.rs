use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use hexado_domain::idempotency::{Attempt, Fingerprint, IdempotencyKey};
use hexado_domain::task::Expected;
use sha2::{Digest, Sha256};

use super::body::FromBody;
use super::caller::Caller;
use super::{ReceivedBody, etag};
use crate::problem::Problem;

/// A request to change something: who asks, what for, which version they expect, and whether it may be a repetition.
#[derive(Debug)]
pub(crate) struct Command<T> {
    pub caller: Caller,
    pub body: T,
    /// `If-Match`.
    pub expected: Expected,
    /// `Idempotency-Key`.
    pub attempt: Option<Attempt>,
}

impl<T: FromBody> Command<T> {
    pub(super) fn by(caller: Caller, request: &HttpRequest) -> Result<Self, Problem> {
        let expected = etag::expected_of(request.headers())?;
        let received = request.extensions().get::<ReceivedBody>().cloned().unwrap_or_default();
        let attempt = attempt_of(request, &caller, &received.0)?;
        let body = T::from_body(request.headers(), &received.0)?;
        Ok(Self { caller, body, expected, attempt })
    }
}

impl<T: FromBody> FromRequest for Command<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Caller::of(request).and_then(|caller| Self::by(caller, request)))
    }
}

fn attempt_of(request: &HttpRequest, caller: &Caller, body: &[u8]) -> Result<Option<Attempt>, Problem> {
    let mut values = request.headers().get_all("idempotency-key");
    let Some(value) = values.next() else { return Ok(None) };
    let key = match values.next() {
        None => value.to_str().ok().and_then(|text| IdempotencyKey::parse(unquoted(text))),
        Some(_) => None,
    };
    let key = key.ok_or_else(|| {
        let detail = "Idempotency-Key must stand once and have 1 to 255 visible ASCII characters";
        Problem::bad_request("idempotency_key_invalid", detail)
    })?;
    Ok(Some(Attempt { caller: caller.user_id.clone(), key, fingerprint: fingerprint(request, body) }))
}

/// The draft standard writes the key as a quoted string; most clients do not.
fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
}

/// The path is the canonical one, so that a request repeated on the other base is still the same request.
fn fingerprint(request: &HttpRequest, body: &[u8]) -> Fingerprint {
    let mut hash = Sha256::new();
    for part in [request.method().as_str().as_bytes(), request.path().as_bytes(), body] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
