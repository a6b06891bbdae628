//! What credentials operations take.

use utoipa::openapi::Components;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};

use crate::auth_paths::{self, Credentials};

const BEARER: &str = "bearer";
const SESSION: &str = "session";

const BEARER_DESCRIPTION: &str = "The `token` of `POST /auth/login` (a session token), or a JWT: that of \
    `GET /auth/token`, or of an issuer that the server is told to trust. On Better Auth's wire only session tokens count.";

const SESSION_DESCRIPTION: &str = "What `POST /auth/login` and signing in on Better Auth's wire set; browsers send it by \
    themselves. Where the server's public URL is https, its name begins with `__Secure-`. What changes something must come \
    from a trusted origin.";

pub(super) fn add_schemes(components: &mut Components) {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(BEARER_DESCRIPTION)).build();
    let session = ApiKeyValue::with_description("better-auth.session_token", SESSION_DESCRIPTION);
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(session)));
}

/// Says what the operation at a path (with its base) takes: one of these, or nothing as well.
pub(super) fn declare(path: &str, operation: &mut Operation) {
    let either = [BEARER, SESSION].map(|scheme| SecurityRequirement::new(scheme, Vec::<String>::new()));
    operation.security = match auth_paths::credentials(path) {
        Credentials::None => None,
        Credentials::Optional => Some(either.into_iter().chain([SecurityRequirement::default()]).collect()),
        Credentials::Required => Some(either.to_vec()),
    };
}
