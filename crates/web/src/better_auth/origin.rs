//! Which pages may make a browser send a wire request, and where a wire request may lead.

use actix_web::dev::RequestHead;
use actix_web::http::header::{self, HeaderMap};
use hexado_domain::identity::{CallbackUrl, TrustedOrigins};
use serde_json::Value;

use super::error::WireError;
use super::input::{WireBody, is_truthy};
use crate::extract::{stated_origin, urlencoded};

const SITE: &str = "sec-fetch-site";
const MODE: &str = "sec-fetch-mode";
const DESTINATION: &str = "sec-fetch-dest";

/// Members that a browser is sent to, with the code and the message for those that may not be.
const TARGETS: [(&str, &str, &str); 4] = [
    ("callbackURL", "INVALID_CALLBACK_URL", "Invalid callbackURL"),
    ("redirectTo", "INVALID_REDIRECT_URL", "Invalid redirectURL"),
    ("errorCallbackURL", "INVALID_ERROR_CALLBACK_URL", "Invalid errorCallbackURL"),
    ("newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL", "Invalid newUserCallbackURL"),
];

/// Refuses what a foreign page may have made a browser send, and targets that are not trusted.
pub(crate) fn check(
    head: &RequestHead,
    body: &WireBody,
    trusted: &TrustedOrigins,
    opens_session: bool,
) -> Result<(), WireError> {
    if !head.method.is_safe() {
        check_origin(&head.headers, trusted, opens_session)?;
    }
    let query = urlencoded::parse(head.uri.query().unwrap_or_default()).unwrap_or_default();
    for (name, code, message) in TARGETS {
        let in_body = match body.member(name).filter(|value| is_truthy(value)) {
            Some(Value::String(target)) => Some(target.as_str()),
            Some(_) => return Err(WireError::uncoded(format!("{message}: expected a string"))),
            None => None,
        };
        let in_query = query.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_str());
        let mut targets = in_body.into_iter().chain(in_query).filter(|target| !target.is_empty());
        if targets.any(|target| CallbackUrl::parse(target, trusted).is_none()) {
            return Err(WireError::forbidden(code, message));
        }
    }
    Ok(())
}

/// A request with cookies must come from a trusted origin. One without them changes nothing for its browser, unless it opens
/// a session there: then what it says of its origin must be trusted too, and a browser must say something.
fn check_origin(headers: &HeaderMap, trusted: &TrustedOrigins, opens_session: bool) -> Result<(), WireError> {
    if headers.contains_key(header::COOKIE) {
        return demand(headers, trusted);
    }
    if !opens_session {
        return Ok(());
    }
    if is(headers, SITE, "cross-site") && is(headers, MODE, "navigate") {
        let message = "Cross-site navigation login blocked. This request appears to be a CSRF attack.";
        return Err(WireError::forbidden("CROSS_SITE_NAVIGATION_LOGIN_BLOCKED", message));
    }
    let from_browser = [SITE, MODE, DESTINATION].into_iter().any(|name| headers.contains_key(name));
    let states_origin = headers.contains_key(header::ORIGIN) || headers.contains_key(header::REFERER);
    if from_browser || states_origin { demand(headers, trusted) } else { Ok(()) }
}

fn demand(headers: &HeaderMap, trusted: &TrustedOrigins) -> Result<(), WireError> {
    match stated_origin(headers) {
        Some("null") if is(headers, SITE, "same-origin") => Ok(()),
        None | Some("null" | "") => Err(WireError::forbidden("MISSING_OR_NULL_ORIGIN", "Missing or null Origin")),
        Some(origin) if trusted.contains(origin) => Ok(()),
        Some(_) => Err(WireError::forbidden("INVALID_ORIGIN", "Invalid origin")),
    }
}

fn is(headers: &HeaderMap, name: &str, value: &str) -> bool {
    headers.get(name).is_some_and(|found| found.as_bytes() == value.as_bytes())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn verdict(uri: &str, headers: &[(&str, &str)], opens_session: bool) -> Option<String> {
        let mut request = TestRequest::post().uri(uri);
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        let trusted = TrustedOrigins::new(vec!["https://app.example.com".to_owned()]);
        let refusal = check(request.to_srv_request().head(), &WireBody::default(), &trusted, opens_session).err()?;
        refusal.code().map(str::to_owned)
    }

    const OURS: (&str, &str) = ("origin", "https://app.example.com");
    const FOREIGN: (&str, &str) = ("origin", "https://evil.example");
    const COOKIE: (&str, &str) = ("cookie", "a=b");

    #[test]
    fn a_request_with_cookies_must_come_from_a_trusted_origin() {
        let verdict = |headers| verdict("/", headers, false);
        assert_eq!(verdict(&[COOKIE, OURS]), None);
        assert_eq!(verdict(&[COOKIE, ("referer", "https://app.example.com/x")]), None);
        assert_eq!(verdict(&[COOKIE, FOREIGN]).as_deref(), Some("INVALID_ORIGIN"));
        assert_eq!(verdict(&[COOKIE]).as_deref(), Some("MISSING_OR_NULL_ORIGIN"));
        assert_eq!(verdict(&[COOKIE, ("origin", "null")]).as_deref(), Some("MISSING_OR_NULL_ORIGIN"));
        assert_eq!(verdict(&[COOKIE, ("origin", "null"), (SITE, "same-origin")]), None);
        assert_eq!(verdict(&[FOREIGN]), None);
    }

    #[test]
    fn signing_in_is_guarded_without_cookies_too() {
        let verdict = |headers| verdict("/", headers, true);
        assert_eq!(verdict(&[]), None);
        assert_eq!(verdict(&[OURS]), None);
        assert_eq!(verdict(&[FOREIGN]).as_deref(), Some("INVALID_ORIGIN"));
        assert_eq!(verdict(&[(MODE, "cors")]).as_deref(), Some("MISSING_OR_NULL_ORIGIN"));
        let navigation = [(SITE, "cross-site"), (MODE, "navigate"), OURS];
        assert_eq!(verdict(&navigation).as_deref(), Some("CROSS_SITE_NAVIGATION_LOGIN_BLOCKED"));
    }

    #[test]
    fn targets_are_paths_of_ours_or_trusted_pages() {
        assert_eq!(verdict("/?callbackURL=%2Fdone", &[], false), None);
        for target in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "javascript%3Aalert(1)"] {
            let refused = verdict(&format!("/?callbackURL={target}"), &[], false);
            assert_eq!(refused.as_deref(), Some("INVALID_CALLBACK_URL"), "{target}");
        }
        assert_eq!(verdict("/?redirectTo=x", &[], false).as_deref(), Some("INVALID_REDIRECT_URL"));
    }
}
