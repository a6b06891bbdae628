use actix_web::{HttpResponse, post};
use hexado_domain::id::UserId;
use hexado_domain::identity::{Email, IdentityError, SessionToken, SignUp, SignedUp, User, rules};
use hexado_domain::version::Version;

use super::answer::Entered;
use super::error::WireError;
use super::input::new_password;
use super::limits::{IMAGE, NAME};
use super::schemas;
use super::visit::Visit;

/// Members that only an administrator sets. Those that have a default besides are ignored.
const NOT_ALLOWED: [&str; 3] = ["role", "banReason", "banExpires"];

/// Sign up with an e-mail address and a password
#[utoipa::path(
    tag = "better-auth",
    operation_id = "signUpEmail",
    request_body = schemas::SignUpEmail,
    responses(
        (status = 200, description = "The user, signed in unless the address must be verified first", body = schemas::Entered),
        (status = 422, description = "Another user has this address", body = super::error::WireErrorBody),
    )
)]
#[post("/sign-up/email")]
pub(super) async fn sign_up_email(visit: Visit) -> Result<HttpResponse, WireError> {
    let (sign_up, remember) = read(&visit)?;
    let (name, email, image) = (sign_up.name.clone(), sign_up.email.clone(), sign_up.image.clone());
    match visit.deps().doors.sign_up(&visit.visitor(), sign_up).await {
        Ok(SignedUp { user, session }) => {
            if let Some(session) = &session {
                visit.hand_out(session, remember);
            }
            Ok(answer(&user, session.as_ref().map(|session| session.token.as_str())))
        }
        // Who must verify the address learns nothing about it here, but from the mail to it.
        Err(IdentityError::EmailTaken) if visit.state().options.require_verified_email => {
            Ok(answer(&pretended(&visit, name, &email, image), None))
        }
        Err(error) => Err(error.into()),
    }
}

fn read(visit: &Visit) -> Result<(SignUp, bool), WireError> {
    let mut body = visit.body()?;
    let (name, email) = (body.text("name"), body.email("email"));
    let password = body.filled_text("password");
    let (image, callback) = (body.optional_text("image"), body.optional_text("callbackURL"));
    let remember = body.flag("rememberMe").unwrap_or(true);
    body.check("name", &name, NAME);
    body.check("image", image.as_deref().unwrap_or_default(), IMAGE);
    let email = body.finish_with(email)?;
    body.refuse(&NOT_ALLOWED)?;
    let callback = visit.callback(callback.as_deref());
    Ok((SignUp { name, email, password: new_password(&password)?, image, remember, callback }, remember))
}

fn answer(user: &User, token: Option<&str>) -> HttpResponse {
    HttpResponse::Ok().json(Entered { token, user: user.into() })
}

/// The user that there would be, had nobody this address.
fn pretended(visit: &Visit, name: String, email: &Email, image: Option<String>) -> User {
    let now = visit.deps().clock.now();
    // Identifiers and session tokens look alike.
    let id = SessionToken::generate(&*visit.deps().entropy);
    User {
        id: UserId::from_stored(id.as_str()),
        name,
        email: email.as_str().to_owned(),
        email_verified: false,
        image,
        role: Some(rules::DEFAULT_ROLE.to_owned()),
        banned: false,
        ban_reason: None,
        ban_expires: None,
        two_factor_enabled: false,
        created_at: now,
        updated_at: now,
        version: Version::FIRST,
    }
}
