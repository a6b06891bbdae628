//! What becomes of the errors of use cases.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use hexado_domain::access::{RoleError, RoleName};
use hexado_domain::audit::AuditError;
use hexado_domain::block::BlockError;
use hexado_domain::error::{Fault, FieldError, FieldFault, StoreError};
use hexado_domain::identity::{
    AuthError, IdentityError, MULTI_FACTOR, StepUp, StepUpError, TokenError, TwoFactorError, UserError,
};
use hexado_domain::task::TaskError;
use hexado_domain::task::share::ShareError;

use super::{Problem, ProblemField, of_fault, status_of};
use crate::extract::nearest;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        of_fault(error)
    }
}

impl From<IdentityError> for Problem {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::NoSession => AuthError::SessionEnded.into(),
            IdentityError::StepUp(error) => AuthError::from(error).into(),
            IdentityError::TwoFactor(TwoFactorError::CodeMissing) => {
                Self::invalid(vec![(&FieldError::new("code", FieldFault::Required)).into()])
            }
            // Trying again does not help.
            IdentityError::EmailTaken | IdentityError::LastAdmin => {
                Self::new(StatusCode::CONFLICT, error.code(), error.to_string())
            }
            error => of_fault(error),
        }
    }
}

impl From<AuditError> for Problem {
    fn from(error: AuditError) -> Self {
        of_fault(error)
    }
}

impl From<BlockError> for Problem {
    fn from(error: BlockError) -> Self {
        of_fault(error)
    }
}

impl From<TaskError> for Problem {
    fn from(error: TaskError) -> Self {
        match error {
            TaskError::Invalid(errors) => Self::invalid(errors.iter().map(ProblemField::from).collect()),
            TaskError::Stale { current } => {
                let mut problem = of_fault(error);
                problem.0.current_version = Some(current.get());
                problem
            }
            error => of_fault(error),
        }
    }
}

impl From<ShareError> for Problem {
    fn from(error: ShareError) -> Self {
        match error {
            ShareError::Task(error) => error.into(),
            error => of_fault(error),
        }
    }
}

impl From<RoleError> for Problem {
    fn from(error: RoleError) -> Self {
        let current = if let RoleError::Stale { current } = error { Some(current.get()) } else { None };
        match error {
            RoleError::Store(error) => error.into(),
            RoleError::UnknownParent(_) => Self::invalid(vec![ProblemField {
                pointer: "/inherits".to_owned(),
                code: "unknown_role",
                message: error.to_string(),
            }]),
            // Trying again does not help against a conflict of roles.
            error => {
                let mut problem = Self::new(status_of(error.kind()), error.code(), error.to_string());
                problem.0.current_version = current;
                problem
            }
        }
    }
}

impl From<UserError> for Problem {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Identity(error) => error.into(),
            UserError::Stale { current } => {
                let mut problem = of_fault(error);
                problem.0.current_version = Some(current.get());
                problem
            }
            UserError::UnknownRole { ref name, ref known } => {
                let known: Vec<_> = known.iter().map(RoleName::as_str).collect();
                let hint = nearest(name.as_str(), &known).map(|near| format!("; did you mean `{near}`?"));
                let message = format!("{error}{}", hint.unwrap_or_default());
                Self::invalid(vec![ProblemField { pointer: "/role".to_owned(), code: "unknown_role", message }])
            }
            error => of_fault(error),
        }
    }
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        let challenge = match &error {
            AuthError::Missing => "Bearer",
            AuthError::Token(TokenError::Expired) => {
                r#"Bearer error="invalid_token", error_description="the token is expired""#
            }
            AuthError::Token(TokenError::Invalid(_)) | AuthError::SessionEnded | AuthError::Banned => {
                r#"Bearer error="invalid_token""#
            }
            AuthError::StepUp(StepUpError::Required(step_up)) => return step_up_required(error.code(), *step_up),
            AuthError::EmailNotVerified
            | AuthError::StepUp(StepUpError::Impersonated)
            | AuthError::Token(TokenError::Unavailable(_))
            | AuthError::Store(_) => return of_fault(error),
        };
        let problem = Self::new(StatusCode::UNAUTHORIZED, error.code(), error.to_string());
        problem.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge)).with_cause(error)
    }
}

/// Tells how to authenticate (RFC 9470, section 3).
fn step_up_required(code: &'static str, step_up: StepUp) -> Problem {
    let (detail, max_age) = (step_up.to_string(), step_up.max_age.num_seconds());
    let acr_values =
        if step_up.second_factor { format!(r#", acr_values="{}""#, MULTI_FACTOR.join(" ")) } else { String::new() };
    let challenge = format!(
        r#"Bearer error="insufficient_user_authentication", error_description="{detail}"{acr_values}, max_age="{max_age}""#
    );
    // Numbers and texts of ours are fit for a header.
    let challenge = HeaderValue::try_from(challenge).unwrap_or(HeaderValue::from_static("Bearer"));
    let mut problem = Problem::new(StatusCode::UNAUTHORIZED, code, detail);
    problem.0.max_age = Some(max_age);
    problem.with_header(header::WWW_AUTHENTICATE, challenge)
}

impl From<&FieldError> for ProblemField {
    fn from(error: &FieldError) -> Self {
        Self { pointer: format!("/{}", error.field), code: error.fault.code(), message: error.fault.to_string() }
    }
}
