use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use chrono::TimeDelta;
use hexado_domain::id::UserId;
use hexado_domain::limit::{Network, Quota, RateLimiter, Standing, Subject};

use crate::extract::client_address;
use crate::problem::Problem;
use crate::state::State;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const RATE: HeaderName = HeaderName::from_static("ratelimit");

/// How many requests are allowed.
pub(crate) struct RateLimit {
    quota: Quota,
    /// The same for every answer.
    policy: HeaderValue,
}

impl RateLimit {
    pub(crate) fn per_minute(limit: u32) -> Self {
        let quota = Quota { name: "minute", limit, period: TimeDelta::seconds(60) };
        let policy = format!("\"{}\";q={};w={}", quota.name, quota.limit, quota.period.num_seconds());
        // Numbers and a name of ours are fit for a header.
        let policy = HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static(""));
        Self { quota, policy }
    }
}

/// Whom a request may be charged to: its address until its caller is known.
///
/// The address is looked at before any signature is verified, and charged only for missing or bad credentials, so that an
/// office behind one address is not one user.
pub(super) struct Limits<'a> {
    limiter: &'a dyn RateLimiter,
    limit: Option<&'a RateLimit>,
    address: Subject,
    standing: Option<Standing>,
}

impl<'a> Limits<'a> {
    pub(super) fn of(request: &ServiceRequest, state: &'a State) -> Self {
        Self {
            limiter: &*state.deps.limiter,
            limit: state.rate_limit.as_ref(),
            address: Subject::Address(Network::of(client_address(request.request(), &state.options.trusted_proxies))),
            standing: None,
        }
    }

    /// Refuses an address that has used up its failures.
    pub(super) async fn check_address(&mut self) -> Result<(), Problem> {
        let Some(RateLimit { quota, .. }) = self.limit else { return Ok(()) };
        self.stand(self.limiter.peek(&self.address, quota).await)
    }

    /// Charges the address for a request without a good credential.
    pub(super) async fn charge_address(&mut self) {
        let Some(RateLimit { quota, .. }) = self.limit else { return };
        // Whether it was the last one matters to the next request; this one is refused already.
        let _ = self.stand(self.limiter.charge(&self.address, quota).await);
    }

    /// Charges the caller, and refuses one who has used up their requests.
    pub(super) async fn charge_user(&mut self, user_id: &UserId) -> Result<(), Problem> {
        let Some(RateLimit { quota, .. }) = self.limit else { return Ok(()) };
        self.stand(self.limiter.charge(&Subject::User(user_id.clone()), quota).await)
    }

    /// Tells the client how it stands (draft-ietf-httpapi-ratelimit-headers).
    pub(super) fn put_headers(&self, headers: &mut HeaderMap) {
        let (Some(limit), Some(Standing { remaining, reset, .. })) = (self.limit, self.standing) else { return };
        headers.insert(POLICY, limit.policy.clone());
        let rate = format!("\"{}\";r={remaining};t={}", limit.quota.name, whole_seconds(reset));
        if let Ok(rate) = HeaderValue::try_from(rate) {
            headers.insert(RATE, rate);
        }
    }

    /// A limiter that does not answer limits nobody: to be unlimited for a while is better than to be down.
    fn stand(&mut self, standing: Result<Standing, hexado_domain::error::StoreError>) -> Result<(), Problem> {
        match standing {
            Ok(standing) => {
                self.standing = Some(standing);
                standing.retry_after.map_or(Ok(()), |wait| Err(too_many(wait)))
            }
            Err(error) => {
                tracing::warn!(%error, "the rate limiter does not answer");
                Ok(())
            }
        }
    }
}

pub(super) fn too_many(wait: TimeDelta) -> Problem {
    let seconds = HeaderValue::from(whole_seconds(wait));
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "too many requests").with_header(RETRY_AFTER, seconds)
}

/// Rounded up, so that who waits that long has waited enough.
fn whole_seconds(time: TimeDelta) -> i64 {
    (time.num_milliseconds() + 999) / 1000
}
