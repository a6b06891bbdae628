use actix_web::{HttpRequest, HttpResponse, post, web};
use hexado_domain::error::{ErrorKind, Fault};
use hexado_domain::identity::{Credential, Visitor, Which};

use super::view::MessageView;
use crate::extract::{Guest, credential};
use crate::problem::Problem;
use crate::state::State;

/// Sign out
///
/// Ends the session of the credential, a JWT's too. Answers the same when there is none.
#[utoipa::path(
    tag = "auth",
    operation_id = "logOut",
    responses((status = 200, description = "The session is gone, and so are its cookies", body = MessageView))
)]
#[post("/logout")]
pub(super) async fn log_out(
    request: HttpRequest,
    state: web::Data<State>,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    match credential(request.head(), &state.options) {
        Ok(credential) => end(&state, &visitor, credential).await?,
        Err(problem) if problem.code() == "not_authenticated" => {}
        Err(problem) => return Err(problem),
    }
    state.options.cookies.take_back(&request);
    Ok(HttpResponse::Ok().json(MessageView { message: "Signed out" }))
}

async fn end(state: &State, visitor: &Visitor, credential: Credential<'_>) -> Result<(), Problem> {
    let deps = &state.deps;
    if let Some(token) = credential.session_token(&*deps.signer) {
        return Ok(deps.sessions.sign_out(visitor, &token).await?);
    }
    let actor = match deps.identity.authenticate(credential, false).await {
        Ok(authenticated) => authenticated.actor,
        // A credential that is bad already ends nothing.
        Err(error) if error.kind() == ErrorKind::Unauthenticated => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    if let Some(id) = actor.session_id {
        let visitor = Visitor { impersonator: actor.impersonated_by, ..visitor.clone() };
        deps.sessions.revoke(&visitor, &actor.user_id, Which::One(id)).await?;
    }
    Ok(())
}
