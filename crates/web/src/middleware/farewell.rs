use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::middleware::Next;
use actix_web::{Error, web};

use crate::state::State;

/// While the server drains, each answer is the last one on its connection. Without that word clients would go on sending
/// on connections that they keep open, and what they send at the moment of the end would stay without an answer.
pub(crate) async fn farewell<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let state = request.app_data::<web::Data<State>>().cloned();
    let mut answer = next.call(request).await?;
    if state.is_some_and(|state| state.deps.readiness.is_draining()) {
        answer.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(answer)
}
