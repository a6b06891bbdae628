use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, web};
use tokio::time::{Instant, sleep_until, timeout};

use super::admit;
use super::auth_limit::AuthLimit;
use super::body::body;
use super::refused::record_refusal;
use crate::better_auth::{self, WireBody, WireError};
use crate::extract::{ReceivedBody, stated_origin};
use crate::problem::Problem;
use crate::state::State;
use crate::{auth_paths, cookies};

/// Lets a request of sign-in and sessions in, whoever it is of: the server is ready, the address is within its limits, the
/// route exists, the body has arrived and can be read, the origin is trusted, there is a free place. In this order, which is
/// Better Auth's. What is refused on its wire is refused in its words.
pub(crate) async fn open<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let Some(state) = request.app_data::<web::Data<State>>().cloned() else { return Err(Problem::internal().into()) };
    let limit = AuthLimit::of(request.path());
    if auth_paths::needs_caller(request.path()) {
        if auth_paths::is_entrance(request.path())
            && let Err(problem) = limit.charge(&request, &state).await
        {
            return Ok(refuse(request, problem.into()));
        }
        return admit(request, next).await;
    }
    let is_wire = !auth_paths::is_ours(request.path());
    let earliest = Instant::now() + limit.floor;
    let mut answer = match receive(&mut request, &state, limit, is_wire).await {
        Ok(()) => work(request, next, &state).await.map_err(|problem| in_words_of(problem, is_wire))?,
        Err(refusal) => refuse(request, refusal),
    };
    cookies::put(&mut answer);
    if !answer.headers().contains_key(header::CACHE_CONTROL) {
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if !limit.floor.is_zero() {
        sleep_until(earliest).await;
    }
    Ok(answer)
}

async fn receive(request: &mut ServiceRequest, state: &State, limit: AuthLimit, is_wire: bool) -> Result<(), Error> {
    let fail = |problem| in_words_of(problem, is_wire);
    if state.deps.readiness.is_starting() {
        return Err(fail(Problem::unavailable("starting", "the server is not ready yet", 1)));
    }
    limit.charge(request, state).await.map_err(fail)?;
    if !(state.options.builtin_identity || auth_paths::is_key_set(request.path())) {
        return Err(fail(elsewhere(state)));
    }
    if let Some(problem) = state.known_paths.refusal(request.path(), request.method()) {
        return Err(if is_wire { WireError::no_route().into() } else { problem.into() });
    }
    let received = body(request).await.map_err(fail)?;
    if is_wire {
        let wire_body = WireBody::parse(request.headers(), &received, opens_session(request))?;
        let trusted = &state.options.trusted_origins;
        better_auth::check_origin(request.head(), &wire_body, trusted, opens_session(request))?;
        request.extensions_mut().insert(wire_body);
        return Ok(());
    }
    check_stated_origin(request, state)?;
    request.extensions_mut().insert(ReceivedBody(received));
    Ok(())
}

async fn work<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
    state: &State,
) -> Result<ServiceResponse<EitherBody<B>>, Problem> {
    let _places = state.enter(request.path()).await?;
    match timeout(state.options.deadline, next.call(request)).await {
        Ok(Ok(answer)) => {
            record_refusal(&answer, state).await;
            Ok(answer.map_into_left_body())
        }
        Ok(Err(error)) => Err(Problem::of_status(error.as_response_error().status_code())),
        Err(_elapsed) => Err(Problem::unavailable("timeout", "the answer took too long", 1)),
    }
}

fn refuse<B: MessageBody>(request: ServiceRequest, refusal: Error) -> ServiceResponse<EitherBody<B>> {
    let (request, _) = request.into_parts();
    ServiceResponse::new(request, HttpResponse::from_error(refusal)).map_into_right_body()
}

/// 404 that says where the route is.
fn elsewhere(state: &State) -> Problem {
    let server = state.options.identity_server.as_deref().unwrap_or("another server");
    Problem::new(StatusCode::NOT_FOUND, "not_found", format!("accounts and sessions are kept by {server}, not here"))
}

fn in_words_of(problem: Problem, is_wire: bool) -> Error {
    if is_wire { WireError::from(problem).into() } else { problem.into() }
}

/// The wire's routes that a form may post to, and that give a session to a browser that had none.
fn opens_session(request: &ServiceRequest) -> bool {
    request.path().ends_with("/sign-in/email") || request.path().ends_with("/sign-up/email")
}

/// A page that is not trusted signs nobody in.
fn check_stated_origin(request: &ServiceRequest, state: &State) -> Result<(), Problem> {
    let origin = stated_origin(request.headers());
    if origin.is_none_or(|origin| state.options.trusted_origins.contains(origin)) {
        return Ok(());
    }
    Err(Problem::new(StatusCode::FORBIDDEN, "csrf_origin", "this origin is not trusted"))
}
