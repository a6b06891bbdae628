use actix_web::http::header;
use actix_web::{HttpResponse, post};
use hexado_domain::identity::{Entrance, Passed, SecondFactorNeeded, SignIn, SignedIn, UserObject};
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Redirect {
    two_factor_redirect: bool,
    two_factor_methods: Vec<&'static str>,
}

/// Sign in with an e-mail address and a password
#[utoipa::path(
    tag = "better-auth",
    operation_id = "signInEmail",
    request_body = schemas::SignInEmail,
    responses(
        (status = 200, description = "The user, signed in; or, if they have a second factor, `twoFactorRedirect` and `twoFactorMethods`", body = schemas::SignInAnswer),
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
    let sign_in =
        SignIn { email, password, remember, callback: visit.callback(callback.as_deref()), device: visit.device() };
    match visit.deps().doors.sign_in(&visit.visitor(), sign_in).await? {
        Entrance::Open(passed) => Ok(open(&visit, &passed, remember, callback.as_deref())),
        Entrance::SecondFactor(needed) => Ok(ask(&visit, &needed, remember)),
    }
}

fn open(visit: &Visit, passed: &Passed, remember: bool, url: Option<&str>) -> HttpResponse {
    let Passed { signed_in: SignedIn { session, user }, device } = passed;
    visit.hand_out(session, remember);
    visit.cookies(|cookies, request, signer| {
        device.iter().for_each(|device| cookies.trust(request, signer, device));
    });
    let mut answer = HttpResponse::Ok();
    let target = url.filter(|url| !url.is_empty());
    if let Some(target) = target {
        answer.insert_header((header::LOCATION, target));
    }
    answer.json(Answer { redirect: target.is_some(), token: session.token.as_str(), url, user: user.into() })
}

fn ask(visit: &Visit, needed: &SecondFactorNeeded, remember: bool) -> HttpResponse {
    visit.cookies(|cookies, request, signer| cookies.ask(request, signer, needed, remember));
    let two_factor_methods = needed.totp.then_some("totp").into_iter().collect();
    HttpResponse::Ok().json(Redirect { two_factor_redirect: true, two_factor_methods })
}
