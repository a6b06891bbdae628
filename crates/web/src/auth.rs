//! Our own routes of sign-in and sessions, beside Better Auth's wire and under our rules.

mod accounts;
mod input;
mod login;
mod logout;
mod me;
mod refresh;
mod schemas;
mod session;
pub(crate) mod sessions;
mod signup;
mod step_up;
mod view;

use hexado_domain::identity::{AuthError, SignedIn};

pub(crate) use self::input::MAX_IMAGE;
pub(crate) use self::view::UserView;
use crate::extract::Caller;
use crate::problem::Problem;
use crate::routes::Routes;
use crate::state::Deps;

pub(crate) fn register(routes: &mut Routes<'_>) {
    routes
        .service(signup::sign_up)
        .service(login::log_in)
        .service(logout::log_out)
        .service(session::show_session)
        .service(refresh::refresh)
        .service(step_up::step_up)
        .service(me::show_me)
        .service(accounts::list_accounts);
}

/// The session that the caller acts in. Tokens of other issuers have none.
async fn session_of(deps: &Deps, caller: &Caller) -> Result<SignedIn, Problem> {
    let id = caller.session_id.as_ref().ok_or(AuthError::SessionEnded)?;
    let signed_in = deps.sessions.find_by_id(id).await.map_err(AuthError::from)?;
    Ok(signed_in.ok_or(AuthError::SessionEnded)?)
}
