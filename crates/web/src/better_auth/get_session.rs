use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder, get};
use hexado_domain::identity::SignedIn;

use super::answer::SessionAndUser;
use super::error::WireError;
use super::schemas;
use super::visit::Visit;

const JWT: HeaderName = HeaderName::from_static("set-auth-jwt");

/// Read the session
///
/// `null` when nobody is signed in. The header `set-auth-jwt` carries a JWT of the session.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "getSession",
    params(
        ("disableCookieCache" = Option<String>, Query, description = "Without a meaning here: nothing is cached"),
        ("disableRefresh" = Option<String>, Query, description = "Any text: the session is not extended"),
    ),
    responses((status = 200, description = "The session and its user, or `null`", body = Option<schemas::SessionAndUser>))
)]
#[get("/get-session")]
pub(super) async fn get_session(visit: Visit) -> Result<HttpResponse, WireError> {
    let stays = visit.query().optional_text("disableRefresh").is_some_and(|text| !text.is_empty());
    let Some(signed_in) = visit.find_session(!stays).await? else { return Ok(uncached().json(())) };
    let mut answer = uncached();
    match visit.deps().sessions.token(&signed_in).await {
        Ok(jwt) => {
            answer.insert_header((JWT, jwt));
        }
        // Who asks for the session gets it; who needs the JWT asks for that.
        Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "no JWT for a session"),
    }
    let SignedIn { session, user } = &signed_in;
    Ok(answer.json(SessionAndUser { session: session.into(), user: user.into() }))
}

fn uncached() -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .insert_header((header::PRAGMA, HeaderValue::from_static("no-cache")));
    answer
}
