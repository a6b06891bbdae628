use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::ReceivedBody;
use super::fields::Fields;
use crate::problem::Problem;

/// A value that a request's body can be read into.
pub(crate) trait FromBody: Sized {
    fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem>;
}

/// The body of a request that anybody may send.
#[derive(Debug)]
pub(crate) struct Posted<T>(pub T);

impl<T: FromBody> FromRequest for Posted<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let received = request.extensions().get::<ReceivedBody>().cloned().unwrap_or_default();
        ready(T::from_body(request.headers(), &received.0).map(Self))
    }
}

/// For requests whose body, if there is one, means nothing.
#[derive(Debug)]
pub(crate) struct NoBody;

impl FromBody for NoBody {
    fn from_body(_: &HeaderMap, _: &[u8]) -> Result<Self, Problem> {
        Ok(Self)
    }
}

impl Fields {
    /// A JSON object.
    pub(crate) fn json_only(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        match media_type(headers)?.as_deref() {
            Some(json) if is_json(json) => Self::from_json(body),
            _ => Err(unsupported("application/json")),
        }
    }

    /// A JSON object, or a form.
    pub(crate) fn json_or_form(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        match media_type(headers)?.as_deref() {
            Some("application/x-www-form-urlencoded") => Self::from_form(body),
            Some(json) if is_json(json) => Self::from_json(body),
            _ => Err(unsupported("application/json or application/x-www-form-urlencoded")),
        }
    }

    /// A JSON object, or nothing at all.
    pub(crate) fn json_or_nothing(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        if body.is_empty() { Ok(Self::default()) } else { Self::json_only(headers, body) }
    }
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

/// The media type in lower case, without parameters. JSON and forms are UTF-8 whatever a `charset` says,
/// so a different one is refused rather than misread.
fn media_type(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(None) };
    let value = value.to_str().unwrap_or_default().to_ascii_lowercase();
    let mut parts = value.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default().to_owned();
    let charset = parts.find_map(|parameter| parameter.strip_prefix("charset="));
    match charset.map(|charset| charset.trim_matches('"')) {
        None | Some("utf-8" | "utf8" | "us-ascii") => Ok(Some(media_type)),
        Some(_) => Err(unsupported("a body in UTF-8")),
    }
}

fn unsupported(expected: &'static str) -> Problem {
    let detail = format!("Content-Type must be {expected}");
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type_unsupported", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(content_type: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
        headers
    }

    #[test]
    fn json_has_several_names() {
        for name in ["application/json", "Application/JSON; charset=UTF-8", "application/merge-patch+json"] {
            assert!(Fields::json_only(&headers(name), b"{}").is_ok(), "{name}");
        }
    }

    #[test]
    fn other_types_and_character_sets_are_refused() {
        for name in ["text/plain", "application/jsonp", "application/json; charset=utf-16", "multipart/form-data"] {
            assert!(Fields::json_or_form(&headers(name), b"{}").is_err(), "{name}");
        }
        assert!(Fields::json_only(&HeaderMap::new(), b"{}").is_err());
        assert!(Fields::json_only(&headers("application/x-www-form-urlencoded"), b"a=1").is_err());
    }

    #[test]
    fn a_body_that_may_be_absent_needs_no_type_when_it_is() {
        assert!(Fields::json_or_nothing(&HeaderMap::new(), b"").is_ok());
        assert!(Fields::json_or_nothing(&HeaderMap::new(), b"{}").is_err());
    }
}
