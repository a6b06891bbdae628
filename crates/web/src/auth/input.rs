//! The bodies of our own routes.

use actix_web::http::header::HeaderMap;
use hexado_domain::error::FieldFault;
use hexado_domain::identity::{CallbackUrl, Email, Password, PasswordFault, SignIn, SignUp, rules};
use hexado_domain::patch::Patch;
use hexado_domain::text;

use crate::extract::{Fields, FromBody, Reader, parse_email};
use crate::problem::Problem;

/// Characters that the address of a picture has at most.
pub(crate) const MAX_IMAGE: usize = 500;

/// Characters that a code has at most.
const MAX_CODE: usize = 100;

#[derive(Debug)]
pub(super) struct SignUpInput(pub SignUp);

#[derive(Debug)]
pub(super) struct SignInInput(pub SignIn);

#[derive(Debug)]
pub(super) struct StepUpInput {
    pub password: Password,
    /// Of the authenticator app, or a backup code.
    pub code: Option<String>,
}

impl FromBody for SignUpInput {
    fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        let known = ["name", "email", "password", "image", "remember_me"];
        let mut reader = Reader::new(Fields::json_only(headers, body)?, &known)?;
        let name =
            reader.required_text("name", |name| text::single_line(name, rules::MAX_NAME_LENGTH).map(str::to_owned))?;
        let email = email(&mut reader)?;
        let password = password(&mut reader, Password::parse_new)?;
        let image = reader.text_patch("image", |image| text::single_line(image, MAX_IMAGE).map(str::to_owned))?;
        let remember = reader.boolean("remember_me")?.unwrap_or(true);
        let sign_up = name.zip(email).zip(password).map(|((name, email), password)| SignUp {
            name,
            email,
            password,
            image: image.apply(None),
            remember,
            callback: CallbackUrl::root(),
        });
        reader.finish(sign_up).map(Self)
    }
}

impl FromBody for SignInInput {
    fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        let mut reader = Reader::new(Fields::json_only(headers, body)?, &["email", "password", "remember_me"])?;
        let email = email(&mut reader)?;
        let password = password(&mut reader, Password::parse)?;
        let remember = reader.boolean("remember_me")?.unwrap_or(true);
        let callback = CallbackUrl::root();
        let sign_in =
            email.zip(password).map(|(email, password)| SignIn { email, password, remember, callback, device: None });
        reader.finish(sign_in).map(Self)
    }
}

impl FromBody for StepUpInput {
    fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        let mut reader = Reader::new(Fields::json_only(headers, body)?, &["password", "code"])?;
        let password = password(&mut reader, Password::parse)?;
        let code = reader.text_patch("code", |code| text::single_line(code, MAX_CODE).map(str::to_owned))?.apply(None);
        reader.finish(password.map(|password| Self { password, code }))
    }
}

fn email(reader: &mut Reader) -> Result<Option<Email>, Problem> {
    reader.required_text("email", parse_email)
}

/// Not trimmed: spaces belong to a password.
fn password(
    reader: &mut Reader,
    parse: impl FnOnce(&str) -> Result<Password, PasswordFault>,
) -> Result<Option<Password>, Problem> {
    let Patch::Set(text) = reader.text_patch("password", |text| Ok(text.to_owned()))? else {
        reader.fault("password", FieldFault::Required);
        return Ok(None);
    };
    let (code, message) = match parse(&text) {
        Ok(password) => return Ok(Some(password)),
        Err(PasswordFault::TooShort) => {
            ("too_short", format!("must have at least {} characters", Password::MIN_LENGTH))
        }
        Err(PasswordFault::TooLong) => ("too_long", format!("must have at most {} characters", Password::MAX_LENGTH)),
    };
    reader.misfit("password", code, message);
    Ok(None)
}
