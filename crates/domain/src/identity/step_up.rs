//! Step-up authentication (RFC 9470): what is sensitive needs a recent proof of who somebody is.

mod error;
mod service;

pub use error::{StepUp, StepUpError};
pub use service::StepUpService;

use chrono::{DateTime, TimeDelta, Utc};

use super::session::Session;
use super::token::VerifiedToken;

/// Classes of authentication with a second factor that other issuers name in `acr`: REFEDS' profile, and OpenID's policy
/// (PAPE 1.0, section 4).
pub const MULTI_FACTOR: [&str; 2] =
    ["https://refeds.org/profile/mfa", "http://schemas.openid.net/pape/policies/2007/06/multi-factor"];

/// Methods of authentication that are a second factor, or include one (RFC 8176, section 2).
const SECOND_FACTORS: [&str; 2] = ["otp", "mfa"];

/// How far the clocks of issuers, and of other instances, may be ahead.
const LEEWAY: TimeDelta = TimeDelta::seconds(60);

/// What is demanded of an authentication before something sensitive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepUpPolicy {
    /// It was less than this ago.
    pub max_age: TimeDelta,
}

impl Default for StepUpPolicy {
    fn default() -> Self {
        Self { max_age: TimeDelta::minutes(10) }
    }
}

impl StepUpPolicy {
    /// Refuses an authentication that is too old, or that lacks the second factor of a user who has one.
    pub fn check(
        &self,
        authentication: Authentication,
        has_second_factor: bool,
        now: DateTime<Utc>,
    ) -> Result<(), StepUpError> {
        let Authentication { at, second_factor, place } = authentication;
        if place == Place::Impersonation {
            return Err(StepUpError::Impersonated);
        }
        let is_recent = at.is_some_and(|at| (-LEEWAY..self.max_age).contains(&(now - at)));
        if is_recent && (second_factor || !has_second_factor) {
            return Ok(());
        }
        let elsewhere = place == Place::Elsewhere;
        Err(StepUpError::Required(StepUp { max_age: self.max_age, second_factor: has_second_factor, elsewhere }))
    }
}

/// When and how somebody proved who they are, as far as their credential tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authentication {
    pub at: Option<DateTime<Utc>>,
    pub second_factor: bool,
    pub place: Place,
}

/// Where somebody proved who they are, and can do so again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a session of ours.
    Session,
    /// At another issuer.
    Elsewhere,
    /// Nowhere: it was an administrator who acts as the user.
    Impersonation,
}

impl Authentication {
    /// The same, of somebody who has given their password right now.
    #[must_use]
    pub fn renewed(self, now: DateTime<Utc>) -> Self {
        Self { at: Some(now), ..self }
    }
}

impl From<&Session> for Authentication {
    /// A session that a Better Auth server began does not tell how, so that a second factor has to be given again.
    fn from(session: &Session) -> Self {
        let methods = session.amr.as_deref().unwrap_or_default();
        Self {
            at: Some(session.authenticated_at()),
            second_factor: methods.split_whitespace().any(is_second_factor),
            place: if session.impersonated_by.is_some() { Place::Impersonation } else { Place::Session },
        }
    }
}

impl From<&VerifiedToken> for Authentication {
    /// Of an issuer who does not tell when somebody authenticated, the time of the token counts.
    fn from(token: &VerifiedToken) -> Self {
        let class = token.acr.as_deref();
        Self {
            at: token.authenticated_at.or(token.issued_at),
            second_factor: token.amr.iter().any(|method| is_second_factor(method))
                || class.is_some_and(|class| MULTI_FACTOR.contains(&class)),
            place: Place::Elsewhere,
        }
    }
}

fn is_second_factor(method: &str) -> bool {
    SECOND_FACTORS.contains(&method)
}

#[cfg(test)]
mod tests;
