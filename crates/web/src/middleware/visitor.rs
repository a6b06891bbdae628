use actix_web::dev::ServiceRequest;
use actix_web::http::header;
use hexado_domain::identity::Visitor;

use super::address::client_address;
use crate::state::State;

/// Characters that are kept of what a client says it is.
const MAX_USER_AGENT: usize = 500;

/// Where a request comes from.
pub(super) fn visitor(request: &ServiceRequest, state: &State) -> Visitor {
    let address = client_address(request, &state.options.trusted_proxies);
    let user_agent =
        request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Visitor {
        address: Some(address).filter(|address| !address.is_unspecified()),
        user_agent: user_agent.chars().take(MAX_USER_AGENT).collect(),
    }
}
