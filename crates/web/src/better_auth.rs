//! Better Auth's wire contract: one file a route. What is said here, and how, is the original's.

mod admin;
mod answer;
mod change_email;
mod change_password;
mod delete_user;
mod delete_user_callback;
mod error;
mod error_page;
mod get_session;
mod input;
mod jwks;
mod limits;
mod list_accounts;
mod list_sessions;
mod ok;
mod origin;
mod post_session;
mod request_password_reset;
mod reset_password;
mod reset_password_link;
mod revoke_other_sessions;
mod revoke_session;
mod revoke_sessions;
mod schemas;
mod send_verification_email;
mod sign_in_email;
mod sign_out;
mod sign_up_email;
mod social;
mod token;
mod two_factor;
mod unlink_account;
mod update_session;
mod update_user;
mod verify_email;
mod verify_password;
mod visit;

pub(crate) use error::{WireError, WireErrorBody};
pub(crate) use input::WireBody;
pub(crate) use origin::check as check_origin;

use crate::routes::Routes;

pub(crate) fn register(routes: &mut Routes<'_>) {
    routes
        .service(ok::ok)
        .service(error_page::error_page)
        .service(sign_up_email::sign_up_email)
        .service(sign_in_email::sign_in_email)
        .service(sign_out::sign_out)
        .service(get_session::get_session)
        .service(post_session::post_session)
        .service(list_sessions::list_sessions)
        .service(revoke_session::revoke_session)
        .service(revoke_sessions::revoke_sessions)
        .service(revoke_other_sessions::revoke_other_sessions)
        .service(update_user::update_user)
        .service(update_session::update_session)
        .service(change_password::change_password)
        .service(verify_password::verify_password)
        .service(change_email::change_email)
        .service(delete_user::delete_user)
        .service(delete_user_callback::delete_user_callback)
        .service(request_password_reset::request_password_reset)
        .service(reset_password::reset_password)
        .service(reset_password_link::reset_password_link)
        .service(send_verification_email::send_verification_email)
        .service(verify_email::verify_email)
        .service(list_accounts::list_accounts)
        .service(unlink_account::unlink_account)
        .service(token::token)
        .service(jwks::jwks);
    social::register(routes);
    two_factor::register(routes);
    admin::register(routes);
}
