use actix_web::http::header;
use actix_web::{HttpResponse, post};
use hexado_domain::identity::{SignIn, SignedIn, UserObject};
use serde::Serialize;

use super::error::WireError;
use super::input::password;
use super::schemas;
use super::visit::Visit;
use crate::extract::email_address;

#[derive(Serialize)]
struct Answer<'a> {
    redirect: bool,
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    user: UserObject<'a>,
}

/// Sign in with an e-mail address and a password
#[utoipa::path(
    tag = "better-auth",
    operation_id = "signInEmail",
    request_body = schemas::SignInEmail,
    responses(
        (status = 200, description = "The user, signed in", body = schemas::SignedIn),
        (status = 401, description = "Wrong address or password", body = super::error::WireErrorBody),
    )
)]
#[post("/sign-in/email")]
pub(super) async fn sign_in_email(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let (email, password_text) = (body.text("email"), body.text("password"));
    let callback = body.optional_text("callbackURL");
    let remember = body.flag("rememberMe").unwrap_or(true);
    body.finish()?;
    let email = email_address(&email).ok_or_else(|| WireError::bad_request("INVALID_EMAIL", "Invalid email"))?;
    let password = password(&password_text)?;
    let sign_in = SignIn { email, password, remember, callback: visit.callback(callback.as_deref()) };
    let SignedIn { session, user } = visit.deps().doors.sign_in(&visit.visitor, sign_in).await?;
    visit.hand_out(&session, remember);
    let mut answer = HttpResponse::Ok();
    let (token, url) = (session.token.as_str(), callback.as_deref());
    let target = url.filter(|url| !url.is_empty());
    if let Some(target) = target {
        answer.insert_header((header::LOCATION, target));
    }
    Ok(answer.json(Answer { redirect: target.is_some(), token, url, user: (&user).into() }))
}
