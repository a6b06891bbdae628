use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};

use crate::auth_paths;
use crate::better_auth::WireError;
use crate::extract::client_address;
use crate::problem::Problem;
use crate::state::State;

/// Refuses who comes from a blocked address, before anything is done for them. Only health is told to everybody.
pub(crate) async fn refuse_blocked<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if is_blocked(&request) {
        let problem = Problem::new(StatusCode::FORBIDDEN, "address_blocked", "this address is blocked");
        let is_wire = auth_paths::route(request.path()).is_some() && !auth_paths::is_ours(request.path());
        let refusal = if is_wire {
            HttpResponse::from_error(WireError::from(problem))
        } else {
            HttpResponse::from_error(problem)
        };
        let (request, _) = request.into_parts();
        return Ok(ServiceResponse::new(request, refusal).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

fn is_blocked(request: &ServiceRequest) -> bool {
    let Some(state) = request.app_data::<Data<State>>() else { return false };
    let (blocks, proxies) = (&state.deps.blocks, &state.options.trusted_proxies);
    blocks.any()
        && !request.path().starts_with("/health")
        && blocks.is_blocked(client_address(request.request(), proxies))
}
