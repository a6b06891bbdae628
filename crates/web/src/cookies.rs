//! The cookies of sessions, as Better Auth writes and reads them.

mod impersonation;
mod jar;
mod second_factor;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};
use hexado_domain::identity::{Credential, Session, SessionToken, Signer, percent_encoded};

pub(crate) use jar::put;

/// How cookies are set.
#[derive(Clone, Debug, Default)]
pub struct CookieOptions {
    /// Whether they are sent by https only, and named so: when clients reach us by https.
    pub secure: bool,
    pub same_site: SameSite,
    /// The domain whose subdomains get them too; `None` for this host only.
    pub domain: Option<String>,
}

/// With which requests of other sites cookies are sent (RFC 6265bis).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SameSite {
    Strict,
    #[default]
    Lax,
    /// With all; browsers want `Secure` then.
    None,
}

impl SameSite {
    fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
            Self::None => "None",
        }
    }
}

const SESSION: &str = "better-auth.session_token";
const SESSION_DATA: &str = "better-auth.session_data";
const DO_NOT_REMEMBER: &str = "better-auth.dont_remember";

impl CookieOptions {
    fn name(&self, name: &str) -> String {
        if self.secure { format!("__Secure-{name}") } else { name.to_owned() }
    }

    /// The signed session token that a request carries in its cookie.
    pub(crate) fn session<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        find(headers, &self.name(SESSION)).filter(|token| !token.is_empty())
    }

    /// Whether the session shall outlive the browser: unless a cookie with our signature says that it shall not.
    pub(crate) fn remembers(&self, headers: &HeaderMap, signer: &dyn Signer) -> bool {
        self.signed(headers, signer, DO_NOT_REMEMBER).is_none_or(|value| value != "true")
    }

    /// Hands the browser a session with the answer to `request`.
    pub(crate) fn hand_out(&self, request: &HttpRequest, signer: &dyn Signer, session: &Session, remember: bool) {
        let max_age = remember.then(|| lifetime(session));
        let token = signer.sign(session.token.as_str());
        jar::keep(request, SESSION, self.line(SESSION, &percent_encoded(&token), max_age));
        jar::hand_over(request, token);
        if !remember {
            jar::keep(request, DO_NOT_REMEMBER, self.signed_line(signer, DO_NOT_REMEMBER, "true", None));
        }
    }

    /// Makes the browser forget its session with the answer to `request`.
    pub(crate) fn take_back(&self, request: &HttpRequest) {
        for name in [SESSION, SESSION_DATA, DO_NOT_REMEMBER] {
            jar::keep(request, name, self.line(name, "", Some(0)));
        }
        jar::hand_over_nothing(request);
    }

    /// The value of a cookie with our signature.
    fn signed(&self, headers: &HeaderMap, signer: &dyn Signer, name: &str) -> Option<String> {
        signer.unsign(find(headers, &self.name(name))?)
    }

    fn signed_line(&self, signer: &dyn Signer, name: &str, value: &str, max_age: Option<i64>) -> String {
        self.line(name, &percent_encoded(&signer.sign(value)), max_age)
    }

    /// The attributes stand in Better Auth's order.
    fn line(&self, name: &str, value: &str, max_age: Option<i64>) -> String {
        let name = self.name(name);
        let max_age = max_age.map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
        let domain = self.domain.as_ref().map(|domain| format!("; Domain={domain}")).unwrap_or_default();
        let secure = if self.secure { "; Secure" } else { "" };
        let same_site = self.same_site.as_str();
        format!("{name}={value}{max_age}{domain}; Path=/; HttpOnly{secure}; SameSite={same_site}")
    }
}

/// In seconds, from its last extension on.
fn lifetime(session: &Session) -> i64 {
    (session.expires_at - session.updated_at).num_seconds()
}

/// The session token that a request presents: in its Authorization header, or else in its cookie. One whose signature is
/// wrong is as good as none, and a JWT is none.
pub(crate) fn presented(headers: &HeaderMap, options: &CookieOptions, signer: &dyn Signer) -> Option<SessionToken> {
    let bearer = bearer(headers).map(Credential::Bearer).and_then(|credential| credential.session_token(signer));
    let cookie = || options.session(headers).map(Credential::SessionCookie);
    bearer.or_else(|| cookie().and_then(|credential| credential.session_token(signer)))
}

/// What stands after `Bearer` in the first Authorization header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    // Not `to_str`: it looks at each byte of a long token by itself.
    let text = std::str::from_utf8(headers.get(header::AUTHORIZATION)?.as_bytes()).ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The value of a cookie as it was sent. Of several with this name the first counts: browsers send the most specific
/// path first (RFC 6265, section 5.4).
pub(crate) fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).filter_map(|line| std::str::from_utf8(line.as_bytes()).ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(found, _)| found.trim() == name).map(|(_, value)| value.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn headers(cookie: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
        headers
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let headers = headers("theme=dark; xa=1;a=b=c ; a=2; empty=");
        assert_eq!(find(&headers, "a"), Some("b=c"));
        assert_eq!(find(&headers, "empty"), Some(""));
        assert_eq!(find(&headers, "A"), None);
    }

    #[test]
    fn only_the_name_that_fits_the_scheme_counts() {
        let headers = headers("better-auth.session_token=plain; __Secure-better-auth.session_token=secure");
        let secure = CookieOptions { secure: true, ..CookieOptions::default() };
        assert_eq!(CookieOptions::default().session(&headers), Some("plain"));
        assert_eq!(secure.session(&headers), Some("secure"));
    }

    #[test]
    fn attributes_stand_in_the_order_of_the_original() {
        let options = CookieOptions { secure: true, domain: Some("example.com".into()), same_site: SameSite::None };
        assert_eq!(
            options.line("a", "b", Some(60)),
            "__Secure-a=b; Max-Age=60; Domain=example.com; Path=/; HttpOnly; Secure; SameSite=None"
        );
        assert_eq!(CookieOptions::default().line("a", "", Some(0)), "a=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
        assert_eq!(CookieOptions::default().line("a", "b", None), "a=b; Path=/; HttpOnly; SameSite=Lax");
    }
}
