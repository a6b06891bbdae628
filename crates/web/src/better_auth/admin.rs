//! The administration of users, as Better Auth's admin plugin has it.

mod impersonate_user;
mod refusal;
mod stop_impersonating;

use actix_web::HttpResponse;
use hexado_domain::identity::SignedIn;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) use self::refusal::of_impersonation;
use super::answer::SessionAndUser;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config.service(impersonate_user::impersonate_user).service(stop_impersonating::stop_impersonating);
}

fn signed_in(SignedIn { session, user }: &SignedIn) -> HttpResponse {
    HttpResponse::Ok().json(SessionAndUser { session: session.into(), user: user.into() })
}
