use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use hexado_domain::identity::AuthError;

use crate::problem::Problem;

/// The cookie that front ends on our own site may put a token into.
const COOKIE: &str = "access_token";

/// The token of a request: of its Authorization header, else of its cookie.
///
/// Browsers send cookies along with requests that any site makes. So a cookie counts for a request that changes something
/// only when the request says that it comes from a trusted origin.
pub(super) fn token(request: &ServiceRequest, trusted_origins: &[String]) -> Result<String, Problem> {
    if let Some(token) = bearer_token(request)? {
        return Ok(token);
    }
    let cookie = request.cookie(COOKIE).filter(|cookie| !cookie.value().is_empty()).ok_or(AuthError::Missing)?;
    if request.method().is_safe() || comes_from(request, trusted_origins) {
        return Ok(cookie.value().to_owned());
    }
    let detail = "a request that changes something with a cookie must come from a trusted origin";
    Err(Problem::new(StatusCode::FORBIDDEN, "csrf_origin", detail))
}

fn bearer_token(request: &ServiceRequest) -> Result<Option<String>, Problem> {
    let mut values = request.headers().get_all(header::AUTHORIZATION);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Problem::bad_request("credentials_ambiguous", "there is more than one Authorization header"));
    }
    // Not `to_str`: it looks at each byte of a long token by itself.
    let text = std::str::from_utf8(value.as_bytes()).ok();
    let (scheme, token) = text.and_then(|text| text.split_once(' ')).unwrap_or_default();
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(Some(token.trim().to_owned()))
    } else {
        Err(AuthError::Missing.into())
    }
}

/// By `Origin`, or where a browser sends none, by `Referer`.
fn comes_from(request: &ServiceRequest, trusted_origins: &[String]) -> bool {
    let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
    let origin = match request.headers().get(header::ORIGIN) {
        Some(origin) => text(origin),
        None => request.headers().get(header::REFERER).and_then(text).and_then(|referer| origin_of(&referer)),
    };
    origin.is_some_and(|origin| trusted_origins.contains(&origin))
}

/// Scheme, host and port of a URL, as a browser would write its origin.
fn origin_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty() && !host.contains('@'))?;
    Some(format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn trusted() -> Vec<String> {
        vec!["https://app.example.com".to_owned()]
    }

    fn of(method: &str, headers: &[(&str, &str)]) -> Result<String, u16> {
        let mut request = TestRequest::default().method(method.parse().unwrap());
        for (name, value) in headers {
            request = request.append_header((*name, *value));
        }
        token(&request.to_srv_request(), &trusted())
            .map_err(|problem| actix_web::ResponseError::status_code(&problem).as_u16())
    }

    const COOKIE: (&str, &str) = ("cookie", "theme=dark; access_token=from.the.cookie");

    #[test]
    fn the_header_wins_over_the_cookie() {
        assert_eq!(of("POST", &[("authorization", "Bearer a.b.c"), COOKIE]).as_deref(), Ok("a.b.c"));
        assert_eq!(of("GET", &[COOKIE]).as_deref(), Ok("from.the.cookie"));
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
