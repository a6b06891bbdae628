//! The cookies around the second factor.

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use hexado_domain::identity::{
    CHALLENGE_LIFETIME, ChallengeId, DEVICE_TRUSTED_FOR, SecondFactorNeeded, Signer, TrustedDevice,
};

use super::{CookieOptions, DO_NOT_REMEMBER, SESSION, SESSION_DATA, jar};

const CHALLENGE: &str = "better-auth.two_factor";
const DEVICE: &str = "better-auth.trust_device";

impl CookieOptions {
    /// The sign-in of this browser that waits for the second factor.
    pub(crate) fn challenge(&self, headers: &HeaderMap, signer: &dyn Signer) -> Option<ChallengeId> {
        ChallengeId::parse(&self.signed(headers, signer, CHALLENGE)?)
    }

    /// What this browser keeps if its user trusts it.
    pub(crate) fn device(&self, headers: &HeaderMap, signer: &dyn Signer) -> Option<String> {
        self.signed(headers, signer, DEVICE)
    }

    /// Has the browser ask for the second factor. Whether the session shall outlive the browser is kept until there is one.
    pub(crate) fn ask(&self, request: &HttpRequest, signer: &dyn Signer, needed: &SecondFactorNeeded, remember: bool) {
        if !remember {
            jar::keep(request, DO_NOT_REMEMBER, self.signed_line(signer, DO_NOT_REMEMBER, "true", None));
        }
        if self.device(request.headers(), signer).is_some() {
            self.forget_device(request);
        }
        for name in [SESSION, SESSION_DATA] {
            jar::keep(request, name, self.line(name, "", Some(0)));
        }
        jar::hand_over_nothing(request);
        let max_age = Some(CHALLENGE_LIFETIME.num_seconds());
        jar::keep(request, CHALLENGE, self.signed_line(signer, CHALLENGE, needed.challenge.as_str(), max_age));
    }

    /// The sign-in does not wait any more.
    pub(crate) fn end_challenge(&self, request: &HttpRequest) {
        jar::keep(request, CHALLENGE, self.line(CHALLENGE, "", Some(0)));
    }

    pub(crate) fn trust(&self, request: &HttpRequest, signer: &dyn Signer, device: &TrustedDevice) {
        let max_age = Some(DEVICE_TRUSTED_FOR.num_seconds());
        jar::keep(request, DEVICE, self.signed_line(signer, DEVICE, device.as_str(), max_age));
    }

    pub(crate) fn forget_device(&self, request: &HttpRequest) {
        jar::keep(request, DEVICE, self.line(DEVICE, "", Some(0)));
    }

    /// A trusted browser is one that remembers.
    pub(crate) fn remember_from_now_on(&self, request: &HttpRequest) {
        jar::keep(request, DO_NOT_REMEMBER, self.line(DO_NOT_REMEMBER, "", Some(0)));
    }
}
