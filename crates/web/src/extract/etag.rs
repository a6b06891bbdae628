//! Entity tags (RFC 9110, section 8.8.3): the `ETag` of an object is its version in quotes.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use hexado_domain::version::{Expected, Version};
use utoipa::IntoParams;

use crate::problem::Problem;

pub(crate) fn etag_of(version: Version) -> HeaderValue {
    let text = format!("\"{}\"", version.get());
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// What `If-Match` allows to be replaced. A tag that is no version of ours, or a weak one, matches nothing.
pub(super) fn expected_of(headers: &HeaderMap) -> Result<Expected, Problem> {
    let Some(tags) = tags_of(headers, &header::IF_MATCH) else { return Ok(Expected::Any) };
    let malformed = || {
        let detail = r#"If-Match must be * or a list of entity tags in quotes, such as "3""#;
        Problem::bad_request("if_match_invalid", detail)
    };
    match tags.ok_or_else(malformed)? {
        Tags::Any => Ok(Expected::Any),
        Tags::List(tags) => {
            let strong = tags.into_iter().filter(|tag| !tag.weak);
            Ok(Expected::OneOf(strong.filter_map(|tag| version_of(&tag.text)).collect()))
        }
    }
}

/// Whether `If-None-Match` names this version (or any). A malformed header names none.
pub(crate) fn if_none_match_has(headers: &HeaderMap, version: Version) -> bool {
    match tags_of(headers, &header::IF_NONE_MATCH).flatten() {
        Some(Tags::Any) => true,
        Some(Tags::List(tags)) => tags.iter().any(|tag| version_of(&tag.text) == Some(version)),
        None => false,
    }
}

fn version_of(tag: &str) -> Option<Version> {
    let canonical = tag.bytes().all(|b| b.is_ascii_digit()) && !tag.starts_with('0');
    canonical.then(|| tag.parse().ok().map(Version::new)).flatten()
}

#[derive(Debug, PartialEq, Eq)]
enum Tags {
    Any,
    List(Vec<Tag>),
}

#[derive(Debug, PartialEq, Eq)]
struct Tag {
    weak: bool,
    text: String,
}

/// `None` without the header, `Some(None)` when it is malformed.
fn tags_of(headers: &HeaderMap, name: &header::HeaderName) -> Option<Option<Tags>> {
    let mut values = headers.get_all(name).peekable();
    values.peek()?;
    let lines: Option<Vec<&str>> = values.map(|value| value.to_str().ok()).collect();
    Some(lines.and_then(|lines| parse(&lines.join(","))))
}

fn parse(text: &str) -> Option<Tags> {
    if text.trim() == "*" {
        return Some(Tags::Any);
    }
    let mut tags = Vec::new();
    let mut rest = text.trim_start();
    loop {
        let (weak, quoted) = match rest.strip_prefix("W/") {
            Some(after) => (true, after),
            None => (false, rest),
        };
        let (tag, after) = quoted.strip_prefix('"')?.split_once('"')?;
        tags.push(Tag { weak, text: tag.to_owned() });
        rest = after.trim_start();
        if rest.is_empty() {
            return Some(Tags::List(tags));
        }
        rest = rest.strip_prefix(',')?.trim_start();
    }
}

#[expect(dead_code, reason = "read by the OpenAPI document only")]
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct IfMatchHeader {
    /// Versions that may be replaced, as in `ETag`; another one is 412.
    #[param(nullable = false, rename = "If-Match")]
    if_match: Option<String>,
}

#[expect(dead_code, reason = "read by the OpenAPI document only")]
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct IfNoneMatchHeader {
    /// Version that is known already, as in `ETag`; if it is still the present one, 304.
    #[param(nullable = false, rename = "If-None-Match")]
    if_none_match: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        headers
    }

    fn expected(value: &str) -> Option<Expected> {
        expected_of(&headers(header::IF_MATCH, value)).ok()
    }

    #[test]
    fn if_match_names_versions_in_quotes() {
        assert_eq!(expected_of(&HeaderMap::new()).ok(), Some(Expected::Any));
        assert_eq!(expected("*"), Some(Expected::Any));
        assert_eq!(expected(r#""3""#), Some(Expected::OneOf(vec![Version::new(3)])));
        assert_eq!(expected(r#""3" , "4""#), Some(Expected::OneOf(vec![Version::new(3), Version::new(4)])));
    }

    #[test]
    fn a_weak_or_foreign_tag_matches_no_version() {
        for tag in [r#"W/"3""#, r#""abc""#, r#""03""#, r#""""#, r#""-3""#] {
            assert_eq!(expected(tag), Some(Expected::OneOf(vec![])), "{tag}");
        }
    }

    #[test]
    fn a_malformed_if_match_is_refused() {
        for value in ["3", r#""3"#, r#""3" "4""#, r#""3","#, "", "*, *", r#"w/"3""#] {
            assert_eq!(expected(value), None, "{value}");
        }
    }

    #[test]
    fn if_none_match_compares_weakly() {
        let has = |value| if_none_match_has(&headers(header::IF_NONE_MATCH, value), Version::new(3));
        assert!(has(r#""3""#) && has(r#"W/"3""#) && has(r#""2", "3""#) && has("*"));
        assert!(!has(r#""4""#) && !has("3") && !has(""));
    }
}
