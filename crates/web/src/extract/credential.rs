use actix_web::dev::RequestHead;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use hexado_domain::identity::{AuthError, Credential, TrustedOrigins, origin_of};

use crate::cookies;
use crate::problem::Problem;
use crate::state::Options;

/// The cookie that front ends on our own site may put a token into.
const COOKIE: &str = "access_token";

/// The credential of a request: of its Authorization header, else of its cookies.
///
/// Browsers send cookies along with requests that any site makes. So a cookie counts for a request that changes something
/// only when the request says that it comes from a trusted origin.
pub(crate) fn credential<'a>(head: &'a RequestHead, options: &Options) -> Result<Credential<'a>, Problem> {
    if let Some(credential) = in_header(&head.headers)? {
        return Ok(credential);
    }
    let session = options.cookies.session(&head.headers).map(Credential::SessionCookie);
    let token = || cookies::find(&head.headers, COOKIE).filter(|token| !token.is_empty()).map(Credential::Bearer);
    let credential = session.or_else(token).ok_or(AuthError::Missing)?;
    if head.method.is_safe() || comes_from(&head.headers, &options.trusted_origins) {
        return Ok(credential);
    }
    let detail = "a request that changes something with a cookie must come from a trusted origin";
    Err(Problem::new(StatusCode::FORBIDDEN, "csrf_origin", detail))
}

fn in_header(headers: &HeaderMap) -> Result<Option<Credential<'_>>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    if values.next().is_none() {
        return Ok(None);
    }
    if values.next().is_some() {
        return Err(Problem::bad_request("credentials_ambiguous", "there is more than one Authorization header"));
    }
    let token = cookies::bearer(headers).ok_or(AuthError::Missing)?;
    Ok(Some(Credential::Bearer(token)))
}

/// By `Origin`, or where a browser sends none, by `Referer`.
fn comes_from(headers: &HeaderMap, trusted: &TrustedOrigins) -> bool {
    stated_origin(headers).is_some_and(|origin| trusted.contains(origin))
}

/// Where a request says that it comes from.
pub(crate) fn stated_origin(headers: &HeaderMap) -> Option<&str> {
    match headers.get(header::ORIGIN) {
        Some(origin) => origin.to_str().ok(),
        None => headers.get(header::REFERER).and_then(|referer| origin_of(referer.to_str().ok()?)),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn options() -> Options {
        let trusted_origins = TrustedOrigins::new(vec!["https://app.example.com".to_owned()]);
        Options { trusted_origins, ..Options::default() }
    }

    fn of(method: &str, headers: &[(&str, &str)]) -> Result<String, u16> {
        let mut request = TestRequest::default().method(method.parse().unwrap());
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        match credential(request.to_srv_request().head(), &options()) {
            Ok(Credential::Bearer(text)) => Ok(format!("bearer {text}")),
            Ok(Credential::SessionCookie(text)) => Ok(format!("session {text}")),
            Err(problem) => Err(actix_web::ResponseError::status_code(&problem).as_u16()),
        }
    }

    const COOKIE: (&str, &str) = ("cookie", "theme=dark; access_token=from.the.cookie");

    #[test]
    fn the_header_wins_over_the_cookie() {
        assert_eq!(of("POST", &[("authorization", "Bearer a.b.c"), COOKIE]).as_deref(), Ok("bearer a.b.c"));
        assert_eq!(of("GET", &[COOKIE]).as_deref(), Ok("bearer from.the.cookie"));
        let both = ("cookie", "access_token=a; better-auth.session_token=b.c");
        assert_eq!(of("GET", &[both]).as_deref(), Ok("session b.c"));
        assert_eq!(of("GET", &[("cookie", "__Secure-better-auth.session_token=b.c")]), Err(401));
        assert_eq!(of("GET", &[("cookie", "access_token=")]), Err(401));
        assert_eq!(of("GET", &[]), Err(401));
    }

    #[test]
    fn a_cookie_changes_something_only_from_a_trusted_origin() {
        let from = |name, value| of("POST", &[COOKIE, (name, value)]).is_ok();
        assert!(from("origin", "https://app.example.com"));
        assert!(from("referer", "https://app.example.com/tasks?x"));
        for origin in ["https://evil.example", "null", "https://app.example.com.evil.example", "http://app.example.com"]
        {
            assert!(!from("origin", origin), "{origin}");
        }
        for referer in ["https://evil.example/https://app.example.com", "https://app.example.com@evil.example/", "x"] {
            assert!(!from("referer", referer), "{referer}");
        }
        assert_eq!(of("DELETE", &[COOKIE]), Err(403));
        let both = [COOKIE, ("origin", "https://evil.example"), ("referer", "https://app.example.com/")];
        assert_eq!(of("POST", &both), Err(403));
    }
}
