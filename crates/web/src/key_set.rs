use actix_web::http::header::{self, ContentType};
use actix_web::{HttpResponse, get, web};

use crate::problem::Problem;
use crate::state::State;

/// Read the public keys of our tokens
///
/// A JSON Web Key Set (RFC 7517) of the keys that sign tokens here.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "getKeySet",
    responses(
        (status = 200, description = "The key set", body = Object),
    )
)]
#[get("/jwks")]
pub(crate) async fn jwks(state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let key_set = state.deps.key_set.as_deref().ok_or_else(Problem::not_found)?;
    let mut response = HttpResponse::Ok();
    response.content_type(ContentType::json()).insert_header((header::CACHE_CONTROL, "public, max-age=60"));
    Ok(response.body(key_set.to_owned()))
}
