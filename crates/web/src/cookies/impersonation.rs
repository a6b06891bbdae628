//! The cookies of administrators who act as users.

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use hexado_domain::identity::{Session, SessionToken, Signer};

use super::{CookieOptions, jar, lifetime};

/// The token of the administrator's own session, a colon, and what the cookie says that has it end with the browser.
const OWN_SESSION: &str = "better-auth.admin_session";

impl CookieOptions {
    /// Hands the browser a session in which an administrator acts as a user. It keeps their `own` one until they are back.
    pub(crate) fn begin_impersonation(
        &self,
        request: &HttpRequest,
        signer: &dyn Signer,
        own: &Session,
        session: &Session,
    ) {
        let do_not_remember = if self.remembers(request.headers(), signer) { "" } else { "true" };
        let value = format!("{}:{do_not_remember}", own.token.as_str());
        self.take_back(request);
        jar::keep(request, OWN_SESSION, self.signed_line(signer, OWN_SESSION, &value, Some(lifetime(own))));
        self.hand_out(request, signer, session, false);
    }

    /// The administrator's own session that the browser keeps, and whether that outlives the browser.
    pub(crate) fn own_session(&self, headers: &HeaderMap, signer: &dyn Signer) -> Option<(SessionToken, bool)> {
        let value = self.signed(headers, signer, OWN_SESSION)?;
        let (token, do_not_remember) = value.split_once(':')?;
        Some((SessionToken::parse(token)?, do_not_remember.is_empty()))
    }

    /// Hands the browser the administrator's own session again.
    pub(crate) fn end_impersonation(&self, request: &HttpRequest, signer: &dyn Signer, own: &Session, remember: bool) {
        self.hand_out(request, signer, own, remember);
        if remember && !self.remembers(request.headers(), signer) {
            self.remember_from_now_on(request);
        }
        jar::keep(request, OWN_SESSION, self.line(OWN_SESSION, "", Some(0)));
    }
}
