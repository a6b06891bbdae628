use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut};
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::problem::Problem;

/// 1 MiB.
const MAX_BODY: usize = 1024 * 1024;

/// How long a body may take to arrive.
const MAX_ARRIVAL: Duration = Duration::from_secs(30);

/// The whole body, if it is not too large and arrives in time.
pub(super) async fn body(request: &mut ServiceRequest) -> Result<Bytes, Problem> {
    let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if declared.is_some_and(|length: usize| length > MAX_BODY) {
        return Err(Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let late = |_| Problem::of_status(StatusCode::REQUEST_TIMEOUT);
    timeout(MAX_ARRIVAL, collect(request, declared.unwrap_or_default())).await.map_err(late)?
}

async fn collect(request: &mut ServiceRequest, expected: usize) -> Result<Bytes, Problem> {
    let mut payload = request.take_payload();
    let mut body = BytesMut::with_capacity(expected.min(MAX_BODY));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::bad_request("bad_request", "the body broke off"))?;
        if body.len() + chunk.len() > MAX_BODY {
            return Err(Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
