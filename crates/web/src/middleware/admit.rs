use std::time::Duration;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, web};
use hexado_domain::actor::Actor;
use hexado_domain::identity::{Authenticated, Credential, Intent};
use tokio::time::{Instant, timeout};

use super::body::body;
use super::limits::Limits;
use super::refused::record_refusal;
use crate::auth_paths::AUTH_BASE;
use crate::cookies;
use crate::extract::{Caller, Impersonator, ReceivedBody, credential};
use crate::problem::Problem;
use crate::state::State;

/// Nothing that was made for one caller may be kept for another.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Lets a request of the API in: the server is ready, the caller is known, within their limits, and has the verified address
/// that they may need, the body has arrived, there is a free place. In this order, so that nobody unknown makes us hold a
/// body, and no slow body holds a place. The answer has a deadline, in which only the arrival of the body does not count.
///
/// What is about the account itself needs no verified address: else nobody could verify one.
pub(crate) async fn admit<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let Some(state) = request.app_data::<web::Data<State>>().cloned() else { return Err(Problem::internal().into()) };
    let mut limits = Limits::of(&request, &state);
    let spent = match receive(&mut request, &state, &mut limits).await {
        Ok(spent) => spent,
        Err(problem) => {
            // Whoever is not let in still learns that a path or a method does not exist.
            let problem = state.known_paths.refusal(request.path(), request.method()).unwrap_or(problem);
            return Ok(refuse(request, problem, &limits));
        }
    };
    let _places = match state.enter(request.path()).await {
        Ok(places) => places,
        Err(problem) => return Ok(refuse(request, problem, &limits)),
    };
    match timeout(state.options.deadline.saturating_sub(spent), next.call(request)).await {
        Ok(answer) => {
            let mut answer = answer?;
            record_refusal(&answer, &state).await;
            put_headers(answer.headers_mut(), &limits);
            cookies::put(&mut answer);
            Ok(answer.map_into_left_body())
        }
        Err(_elapsed) => Err(too_late().into()),
    }
}

fn too_late() -> Problem {
    Problem::unavailable("timeout", "the answer took too long", 1)
}

fn refuse<B: MessageBody>(
    request: ServiceRequest,
    problem: Problem,
    limits: &Limits<'_>,
) -> ServiceResponse<EitherBody<B>> {
    let (request, _) = request.into_parts();
    let mut answer = ServiceResponse::new(request, HttpResponse::from_error(problem));
    put_headers(answer.headers_mut(), limits);
    cookies::put(&mut answer);
    answer.map_into_right_body()
}

fn put_headers(headers: &mut HeaderMap, limits: &Limits<'_>) {
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    limits.put_headers(headers);
}

/// What is known of the request is kept with it. Answers how much of the deadline was spent: the body's arrival is the
/// client's time.
async fn receive(request: &mut ServiceRequest, state: &State, limits: &mut Limits<'_>) -> Result<Duration, Problem> {
    if state.deps.readiness.is_starting() {
        return Err(Problem::unavailable("starting", "the server is not ready yet", 1));
    }
    limits.check_address().await?;
    let began = Instant::now();
    let authenticated = timeout(state.options.deadline, authenticate(request, state)).await;
    let actor = match authenticated.unwrap_or_else(|_elapsed| Err(too_late())) {
        Ok(actor) => actor,
        Err(problem) => {
            if problem.is_client_error() {
                limits.charge_address().await;
            }
            return Err(problem);
        }
    };
    limits.charge_user(&actor.user_id).await?;
    if !request.path().starts_with(AUTH_BASE) {
        let intent = if request.method().is_safe() { Intent::Read } else { Intent::Write };
        state.deps.identity.check_email(&actor, intent)?;
    }
    if let Some(admin) = actor.impersonated_by.clone() {
        request.extensions_mut().insert(Impersonator(admin));
    }
    request.extensions_mut().insert(Caller(actor));
    let spent = began.elapsed();
    let body = body(request).await?;
    request.extensions_mut().insert(ReceivedBody(body));
    Ok(spent)
}

/// Finds out who calls. A browser whose session was extended gets its cookie again, with the new lifetime.
async fn authenticate(request: &ServiceRequest, state: &State) -> Result<Actor, Problem> {
    let credential = credential(request.head(), &state.options)?;
    let (cookies, signer) = (&state.options.cookies, &*state.deps.signer);
    let lasts = cookies.remembers(request.headers(), signer);
    let Authenticated { actor, extended } = state.deps.identity.authenticate(credential, lasts).await?;
    if let (Credential::SessionCookie(_), Some(session)) = (credential, extended) {
        cookies.hand_out(request.request(), signer, &session, true);
    }
    Ok(actor)
}
