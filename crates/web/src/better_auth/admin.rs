//! The administration of users, as Better Auth's admin plugin has it.

mod ban_user;
mod create_user;
mod get_user;
mod has_permission;
mod impersonate_user;
mod list_user_sessions;
mod list_users;
mod refusal;
mod remove_user;
mod revoke_user_session;
mod revoke_user_sessions;
mod roles;
mod set_role;
mod set_user_password;
mod stop_impersonating;
mod unban_user;
mod update_user;
mod user_query;

use actix_web::HttpResponse;
use hexado_domain::actor::Actor;
use hexado_domain::id::UserId;
use hexado_domain::identity::users::Ban;
use hexado_domain::identity::{Email, SignedIn, User, UserObject};
use hexado_domain::version::Expected;
use serde::Serialize;

use self::refusal::refused;
pub(super) use self::refusal::{of_impersonation, require};
use super::answer::SessionAndUser;
use super::error::WireError;
use super::input::Input;
use super::visit::Visit;
use crate::extract::email_address;
use crate::routes::Routes;

pub(super) fn register(routes: &mut Routes<'_>) {
    routes
        .service(create_user::create_user)
        .service(list_users::list_users)
        .service(get_user::get_user)
        .service(update_user::update_user)
        .service(set_role::set_role)
        .service(ban_user::ban_user)
        .service(unban_user::unban_user)
        .service(list_user_sessions::list_user_sessions)
        .service(revoke_user_session::revoke_user_session)
        .service(revoke_user_sessions::revoke_user_sessions)
        .service(impersonate_user::impersonate_user)
        .service(stop_impersonating::stop_impersonating)
        .service(remove_user::remove_user)
        .service(set_user_password::set_user_password)
        .service(has_permission::has_permission);
}

#[derive(Serialize)]
struct OneUser<'a> {
    user: UserObject<'a>,
}

fn one(user: &User) -> HttpResponse {
    HttpResponse::Ok().json(OneUser { user: user.into() })
}

fn signed_in(SignedIn { session, user }: &SignedIn) -> HttpResponse {
    HttpResponse::Ok().json(SessionAndUser { session: session.into(), user: user.into() })
}

/// An address among members that the original does not check beforehand.
fn email(text: &str) -> Result<Email, WireError> {
    email_address(text).ok_or_else(|| WireError::bad_request("INVALID_EMAIL", "Invalid email"))
}

/// What keeps a user out, among members that the original does not check beforehand.
fn ban(data: &mut Input) -> Result<Ban, WireError> {
    let (reason, expires_at) = (data.optional_text("banReason"), data.optional_time("banExpires"));
    data.check("banReason", reason.as_deref().unwrap_or_default(), Ban::MAX_REASON);
    data.finish()?;
    Ok(Ban { reason, expires_at })
}

async fn keep_out(visit: &Visit, actor: &Actor, user_id: &UserId, ban: Ban) -> Result<User, WireError> {
    visit.deps().users.ban(actor, &visit.visitor(), user_id, ban, &Expected::Any).await.map_err(refused)
}
