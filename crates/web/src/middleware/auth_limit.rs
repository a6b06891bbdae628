use std::time::Duration;

use actix_web::dev::ServiceRequest;
use chrono::TimeDelta;
use hexado_domain::limit::{Network, Quota, Subject};

use super::limits::too_many;
use crate::auth_paths;
use crate::extract::client_address;
use crate::problem::Problem;
use crate::state::State;

/// How often an address may ask for a route of sign-in and sessions, and how long the answer takes at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AuthLimit {
    quota: Option<Quota>,
    /// Where the time of an answer would tell whether an address has an account.
    pub(super) floor: Duration,
}

const fn quota(name: &'static str, limit: u32, seconds: i64) -> AuthLimit {
    let quota = Quota { name, limit, period: TimeDelta::seconds(seconds) };
    AuthLimit { quota: Some(quota), floor: Duration::ZERO }
}

/// Routes that reveal nothing and cost little.
const FREE: AuthLimit = AuthLimit { quota: None, floor: Duration::ZERO };
const SIGN_IN: AuthLimit = quota("sign-in", 3, 10);
const SIGN_UP: AuthLimit = quota("sign-up", 3, 10);
const STEP_UP: AuthLimit = quota("step-up", 3, 10);
const TWO_FACTOR: AuthLimit = quota("two-factor", 3, 10);
const CHANGE_PASSWORD: AuthLimit = quota("change-password", 3, 10);
const CHANGE_EMAIL: AuthLimit = quota("change-email", 3, 10);
const GET_SESSION: AuthLimit = quota("get-session", 100, 10);
const OTHER: AuthLimit = quota("auth", 100, 10);
const PASSWORD_RESET: AuthLimit =
    AuthLimit { floor: Duration::from_millis(250), ..quota("request-password-reset", 3, 60) };
const VERIFICATION: AuthLimit =
    AuthLimit { floor: Duration::from_millis(500), ..quota("send-verification-email", 3, 60) };

impl AuthLimit {
    /// Better Auth's rules, by the beginning of the path.
    pub(super) fn of(path: &str) -> Self {
        let rules = [
            ("/sign-in", SIGN_IN),
            ("/login", SIGN_IN),
            ("/sign-up", SIGN_UP),
            ("/signup", SIGN_UP),
            ("/step-up", STEP_UP),
            ("/two-factor/", TWO_FACTOR),
            ("/change-password", CHANGE_PASSWORD),
            ("/change-email", CHANGE_EMAIL),
            ("/get-session", GET_SESSION),
            ("/request-password-reset", PASSWORD_RESET),
            ("/send-verification-email", VERIFICATION),
            ("/jwks", FREE),
            ("/ok", FREE),
            ("/error", FREE),
        ];
        let route = auth_paths::route(path).unwrap_or(path);
        rules.into_iter().find(|(begin, _)| route.starts_with(begin)).map_or(OTHER, |(_, limit)| limit)
    }

    /// Charges the address of a request, and refuses one that has used up what it may ask for.
    pub(super) async fn charge(&self, request: &ServiceRequest, state: &State) -> Result<(), Problem> {
        let Some(quota) = self.quota.filter(|_| state.options.auth_rate_limit) else { return Ok(()) };
        let address = Subject::Address(Network::of(client_address(request.request(), &state.options.trusted_proxies)));
        match state.deps.limiter.charge(&address, &quota).await {
            Ok(standing) => standing.retry_after.map_or(Ok(()), |wait| Err(too_many(wait))),
            Err(error) => {
                tracing::warn!(%error, "the rate limiter does not answer");
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_has_the_limit_of_the_original() {
        let name = |route: &str| AuthLimit::of(&format!("/api/v1/auth{route}")).quota.map(|quota| quota.name);
        assert_eq!(name("/sign-in/email"), Some("sign-in"));
        assert_eq!(name("/sign-in/social"), Some("sign-in"));
        assert_eq!(name("/two-factor/verify-totp"), Some("two-factor"));
        assert_eq!(name("/step-up"), Some("step-up"));
        assert_eq!(name("/login"), name("/sign-in/email"));
        assert_eq!(name("/signup"), name("/sign-up/email"));
        assert_eq!(name("/get-session"), Some("get-session"));
        assert_eq!(name("/nope"), Some("auth"));
        assert_eq!(name("/jwks"), None);
    }

    #[test]
    fn only_routes_that_mail_to_an_unknown_address_have_a_shortest_time() {
        let floor = |route: &str| AuthLimit::of(&format!("/api/v1/auth{route}")).floor;
        assert!(floor("/request-password-reset") > Duration::ZERO);
        assert!(floor("/send-verification-email") > Duration::ZERO);
        assert_eq!(floor("/sign-in/email"), Duration::ZERO);
    }
}
