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
mod view;

use hexado_domain::identity::{AuthError, SignedIn};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::extract::Caller;
use crate::problem::Problem;
use crate::routes::AUTH_BASE;
use crate::state::Deps;

/// Ours for everybody.
const OPEN: [&str; 3] = ["/signup", "/login", "/logout"];

/// Ours for those who are signed in.
const CLOSED: [&str; 4] = ["/session", "/refresh", "/me", "/accounts"];

pub(crate) fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(signup::sign_up)
        .service(login::log_in)
        .service(logout::log_out)
        .service(session::show_session)
        .service(refresh::refresh)
        .service(me::show_me)
        .service(accounts::list_accounts);
}

/// Whether a path under [`AUTH_BASE`] is ours and not the wire's.
pub(crate) fn is_ours(path: &str) -> bool {
    needs_caller(path) || is_one_of(&OPEN, path)
}

/// Whether a path, as the document has it, is ours and for everybody.
pub(crate) fn is_open(path: &str) -> bool {
    path.strip_prefix("/auth").is_some_and(|route| OPEN.contains(&route))
}

/// Whether a path is ours, for those who are signed in.
pub(crate) fn needs_caller(path: &str) -> bool {
    is_one_of(&CLOSED, path)
}

fn is_one_of(routes: &[&str], path: &str) -> bool {
    path.strip_prefix(AUTH_BASE).is_some_and(|route| routes.contains(&route))
}

/// The session that the caller acts in. Tokens of other issuers have none.
async fn session_of(deps: &Deps, caller: &Caller) -> Result<SignedIn, Problem> {
    let id = caller.session_id.as_ref().ok_or(AuthError::SessionEnded)?;
    let signed_in = deps.sessions.find_by_id(id).await.map_err(AuthError::from)?;
    Ok(signed_in.ok_or(AuthError::SessionEnded)?)
}
