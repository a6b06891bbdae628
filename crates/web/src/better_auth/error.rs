use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use hexado_domain::error::{Fault, StoreError};
use hexado_domain::identity::{IdentityError, ImpersonationError, PasswordFault, StepUpError};
use serde::Serialize;
use utoipa::ToSchema;

use super::{admin, two_factor};
use crate::problem::{self, Problem};

const X_RETRY_AFTER: HeaderName = HeaderName::from_static("x-retry-after");

/// An error answer in the wire's shape. Unlike a [`Problem`] it has its body already.
#[derive(Debug)]
pub(crate) struct WireError(Box<Parts>);

/// Apart, so that results with an error are as small as those without.
#[derive(Debug)]
struct Parts {
    status: StatusCode,
    /// `None` for an answer without a body.
    body: Option<WireErrorBody>,
    retry_after: Option<HeaderValue>,
    /// Our own code and the causes, for logs.
    fault: &'static str,
    causes: Option<String>,
}

/// What Better Auth answers when something is wrong.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WireError)]
pub(crate) struct WireErrorBody {
    #[schema(value_type = String, example = "Invalid email or password")]
    message: Cow<'static, str>,
    /// Missing in a few answers, as it is in the original.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, example = "INVALID_EMAIL_OR_PASSWORD")]
    code: Option<Cow<'static, str>>,
}

impl WireError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::of(status, Some(Cow::Borrowed(code)), message.into())
    }

    pub(super) fn bad_request(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(super) fn forbidden(code: &'static str, message: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }

    /// 400 with a message alone.
    pub(super) fn uncoded(message: impl Into<Cow<'static, str>>) -> Self {
        Self::of(StatusCode::BAD_REQUEST, None, message.into())
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "Unauthorized")
    }

    pub(super) fn provider_not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "PROVIDER_NOT_FOUND", "Provider not found")
    }

    /// There is no such route: 404 with nothing.
    pub(crate) fn no_route() -> Self {
        Self::bare(StatusCode::NOT_FOUND, "not_found")
    }

    /// A status with nothing. `fault` is our own name for it.
    pub(super) fn bare(status: StatusCode, fault: &'static str) -> Self {
        Self(Box::new(Parts { status, body: None, retry_after: None, fault, causes: None }))
    }

    #[must_use]
    pub(super) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self
    }

    /// `fault` is our own name for it.
    #[must_use]
    pub(super) fn with_fault(mut self, fault: &'static str) -> Self {
        self.0.fault = fault;
        self
    }

    /// The wire's code, where there is one.
    pub(super) fn code(&self) -> Option<&str> {
        self.0.body.as_ref()?.code.as_deref()
    }

    /// Whether it is the request that is wrong, and nothing of ours.
    pub(super) fn is_refusal(&self) -> bool {
        self.0.status.is_client_error()
    }

    /// Our own name for it, for logs and metrics.
    pub(crate) fn fault(&self) -> &'static str {
        self.0.fault
    }

    pub(crate) fn causes(&self) -> Option<String> {
        self.0.causes.clone()
    }

    fn of(status: StatusCode, code: Option<Cow<'static, str>>, message: Cow<'static, str>) -> Self {
        let body = Some(WireErrorBody { message, code });
        Self(Box::new(Parts { status, body, retry_after: None, fault: "wire", causes: None }))
    }
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.0.body.as_ref().map_or("", |body| &body.message);
        write!(f, "{}: {message}", self.0.status)
    }
}

impl Error for WireError {}

impl ResponseError for WireError {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut answer = HttpResponse::build(self.0.status);
        if let Some(seconds) = &self.0.retry_after {
            answer.insert_header((RETRY_AFTER, seconds.clone())).insert_header((X_RETRY_AFTER, seconds.clone()));
        }
        match &self.0.body {
            Some(body) => answer.json(body),
            None => answer.finish(),
        }
    }
}

/// What guards and the rest of the server refuse, in the wire's words.
impl From<Problem> for WireError {
    fn from(problem: Problem) -> Self {
        let status = problem.status_code();
        let mut error = if status == StatusCode::TOO_MANY_REQUESTS {
            Self::of(status, None, "Too many requests. Please try again later.".into())
        } else {
            let code = problem.code().to_ascii_uppercase();
            Self::of(status, Some(code.into()), problem.detail().to_owned().into())
        };
        error.0.retry_after = problem.header(&RETRY_AFTER).cloned();
        error.0.fault = problem.code();
        error.0.causes = problem.causes();
        error
    }
}

impl From<StoreError> for WireError {
    fn from(error: StoreError) -> Self {
        problem::of_fault(error).into()
    }
}

/// The one place where errors of the domain get the wire's names.
impl From<IdentityError> for WireError {
    fn from(error: IdentityError) -> Self {
        const BANNED: &str = "You have been banned from this application. Please contact support if you believe this is \
            an error.";
        const TAKEN: &str = "User already exists. Use another email.";
        let bad = |code, message: &'static str| Self::bad_request(code, message);
        let fault = error.code();
        let mut wire = match error {
            IdentityError::WrongCredentials => {
                Self::new(StatusCode::UNAUTHORIZED, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password")
            }
            IdentityError::EmailNotVerified => Self::forbidden("EMAIL_NOT_VERIFIED", "Email not verified"),
            IdentityError::Banned => Self::forbidden("BANNED_USER", BANNED),
            IdentityError::EmailTaken => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL", TAKEN)
            }
            IdentityError::Password(PasswordFault::TooShort) => bad("PASSWORD_TOO_SHORT", "Password too short"),
            IdentityError::Password(PasswordFault::TooLong) => bad("PASSWORD_TOO_LONG", "Password too long"),
            IdentityError::WrongPassword => bad("INVALID_PASSWORD", "Invalid password"),
            IdentityError::NoPassword => bad("CREDENTIAL_ACCOUNT_NOT_FOUND", "Credential account not found"),
            IdentityError::NoSession => Self::unauthorized(),
            IdentityError::OtherUser => bad("INVALID_USER", "Invalid user"),
            IdentityError::StepUp(StepUpError::Impersonated) => {
                admin::of_impersonation(&ImpersonationError::Impersonated)
            }
            IdentityError::NotFresh | IdentityError::NoStepUp | IdentityError::StepUp(StepUpError::Required(_)) => {
                Self::forbidden("SESSION_NOT_FRESH", "Session is not fresh")
            }
            IdentityError::InvalidToken => bad("INVALID_TOKEN", "Invalid token"),
            IdentityError::ExpiredToken => bad("TOKEN_EXPIRED", "Token expired"),
            IdentityError::UserNotFound => bad("USER_NOT_FOUND", "User not found"),
            IdentityError::SameEmail => Self::uncoded("Email is the same"),
            IdentityError::EmailAlreadyVerified => bad("EMAIL_ALREADY_VERIFIED", "Email is already verified"),
            IdentityError::EmailMismatch => bad("EMAIL_MISMATCH", "Email mismatch"),
            IdentityError::MailOff => bad("VERIFICATION_EMAIL_NOT_ENABLED", "Verification email isn't enabled"),
            IdentityError::AccountNotFound => bad("ACCOUNT_NOT_FOUND", "Account not found"),
            IdentityError::LastAccount => bad("FAILED_TO_UNLINK_LAST_ACCOUNT", "You can't unlink your last account"),
            IdentityError::LastAdmin => bad("LAST_ADMIN", "No admin would be left"),
            IdentityError::TwoFactor(error) => two_factor::refusal(error),
            IdentityError::Impersonation(error) => admin::of_impersonation(&error),
            IdentityError::Busy | IdentityError::Store(_) | IdentityError::Failed(_) => {
                return problem::of_fault(error).into();
            }
        };
        wire.0.fault = fault;
        wire
    }
}
