use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use hexado_domain::identity::Visitor;

use super::{Impersonator, RequestId, client_address};
use crate::problem::Problem;
use crate::state::State;

/// Characters that are kept of what a client says it is.
const MAX_USER_AGENT: usize = 500;

/// Who is at the door.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guest(pub Visitor);

impl Guest {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let trusted = request.app_data::<web::Data<State>>().map(|state| &*state.options.trusted_proxies);
        let address = client_address(request, trusted.unwrap_or_default());
        let user_agent =
            request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Self(Visitor {
            address: Some(address).filter(|address| !address.is_unspecified()),
            user_agent: user_agent.chars().take(MAX_USER_AGENT).collect(),
            impersonator: request.extensions().get::<Impersonator>().map(|admin| admin.0.clone()),
            request_id: request.extensions().get::<RequestId>().map(|id| id.0.to_string()).unwrap_or_default(),
        })
    }
}

impl FromRequest for Guest {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}
