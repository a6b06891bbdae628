use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::error::WireError;
use super::visit::Visit;

/// A JWT.
#[derive(Serialize, ToSchema)]
#[schema(as = WireToken)]
struct Token {
    token: String,
}

/// Make a JWT of the session
///
/// It opens this API and others that know our key set, and ends with the session here.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "getToken",
    responses((status = 200, description = "The JWT", body = Token))
)]
#[get("/token")]
pub(super) async fn token(visit: Visit) -> Result<HttpResponse, WireError> {
    let by = visit.session().await?;
    let token = visit.deps().sessions.token(&by).await?;
    Ok(HttpResponse::Ok().json(Token { token }))
}
