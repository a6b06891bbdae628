//! The administration of users, as Better Auth's admin plugin has it.

mod impersonate_user;
mod stop_impersonating;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use hexado_domain::access::{AccessError, Permission};
use hexado_domain::identity::{IdentityError, ImpersonationError, SignedIn};
use utoipa_actix_web::service_config::ServiceConfig;

use super::answer::SessionAndUser;
use super::error::WireError;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(impersonate_user::impersonate_user).service(stop_impersonating::stop_impersonating);
}

fn signed_in(SignedIn { session, user }: &SignedIn) -> HttpResponse {
    HttpResponse::Ok().json(SessionAndUser { session: session.into(), user: user.into() })
}

/// Here, who is not found is not found.
fn of_target(error: IdentityError) -> WireError {
    match error {
        IdentityError::UserNotFound => WireError::from(error).with_status(StatusCode::NOT_FOUND),
        error => error.into(),
    }
}

/// What the wire says instead.
pub(super) fn refusal(error: &ImpersonationError) -> WireError {
    const ADMINS: &str = "You cannot impersonate admins";
    const USERS: &str = "You are not allowed to impersonate users";
    let failed = |message: &'static str| WireError::uncoded(message).with_status(StatusCode::INTERNAL_SERVER_ERROR);
    match error {
        ImpersonationError::Access(AccessError::Missing(Permission::UserImpersonateAdmins)) => {
            WireError::forbidden("YOU_CANNOT_IMPERSONATE_ADMINS", ADMINS)
        }
        ImpersonationError::Access(_) => WireError::forbidden("YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS", USERS),
        ImpersonationError::Oneself => {
            WireError::bad_request("YOU_CANNOT_IMPERSONATE_YOURSELF", "You cannot impersonate yourself")
        }
        ImpersonationError::Overtaken => {
            WireError::new(StatusCode::CONFLICT, "CONFLICT", "Something changed at this moment. Please try again.")
        }
        ImpersonationError::Impersonating => {
            WireError::forbidden("NOT_WHILE_IMPERSONATING", "This is not possible while you impersonate a user")
        }
        ImpersonationError::NotImpersonating => WireError::uncoded("You are not impersonating anyone"),
        ImpersonationError::OwnSessionGone => failed("Failed to find admin session"),
    }
}
