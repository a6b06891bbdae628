//! Cursors: a place in a list, opaque to clients.
//!
//! A cursor is base64url over the place of the last item and a checksum that also covers owner, filters and sort. It grants
//! nothing (every page is read as its caller), so the checksum is no signature: it makes an altered cursor, or one carried
//! over to another list, a clear error instead of a wrong page.

use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest, HttpResponseBuilder};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::CallerPath;
use crate::problem::Problem;

const CHECKSUM_LENGTH: usize = 8;

/// Parameters that do not decide which items come in which order.
const NOT_DECIDING: [&str; 3] = ["cursor", "limit", "count"];

/// Adds a `Link` to the page that begins behind `place`.
pub(crate) fn link_next(response: &mut HttpResponseBuilder, request: &HttpRequest, place: &[u8]) {
    let mut parameters = parameters(request);
    let cursor = encode(place, &list_name(request, &parameters));
    parameters.retain(|(name, _)| name != "cursor");
    parameters.push(("cursor".to_owned(), cursor));
    let query = serde_urlencoded::to_string(parameters).unwrap_or_default();
    let path = request.extensions().get::<CallerPath>().map(|path| path.0.clone()).unwrap_or_default();
    response.insert_header((header::LINK, format!("<{path}?{query}>; rel=\"next\"")));
}

/// The place that a cursor names, read by `read`.
pub(crate) fn read_cursor<T>(
    request: &HttpRequest,
    cursor: &str,
    read: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<T, Problem> {
    decode(cursor, &list_name(request, &parameters(request))).and_then(|place| read(&place)).ok_or_else(|| {
        let detail = "the cursor was altered, or belongs to a list with another owner, filter or sort";
        Problem::bad_request("cursor_invalid", detail)
    })
}

fn encode(place: &[u8], list: &str) -> String {
    let mut bytes = place.to_vec();
    bytes.extend_from_slice(&checksum(place, list));
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &str, list: &str) -> Option<Vec<u8>> {
    let mut bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let sum = bytes.split_off(bytes.len().checked_sub(CHECKSUM_LENGTH)?);
    (checksum(&bytes, list) == *sum).then_some(bytes)
}

fn checksum(place: &[u8], list: &str) -> [u8; CHECKSUM_LENGTH] {
    let digest =
        Sha256::new().chain_update((list.len() as u64).to_be_bytes()).chain_update(list).chain_update(place).finalize();
    let mut sum = [0; CHECKSUM_LENGTH];
    sum.copy_from_slice(&digest[..CHECKSUM_LENGTH]);
    sum
}

/// What a cursor belongs to: the path and every parameter that decides which items come in which order.
fn list_name(request: &HttpRequest, parameters: &[Parameter]) -> String {
    let mut deciding: Vec<_> = parameters.iter().filter(|(name, _)| !NOT_DECIDING.contains(&&**name)).collect();
    deciding.sort();
    format!("{}?{}", request.path(), serde_urlencoded::to_string(deciding).unwrap_or_default())
}

/// Name and value.
type Parameter = (String, String);

fn parameters(request: &HttpRequest) -> Vec<Parameter> {
    serde_urlencoded::from_str(request.query_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_round_trip() {
        for place in [&b""[..], b"a place", &[0; 40]] {
            assert_eq!(decode(&encode(place, "list"), "list").as_deref(), Some(place));
        }
    }

    #[test]
    fn a_cursor_belongs_to_one_list() {
        assert_eq!(decode(&encode(b"a place", "list"), "other"), None);
    }

    #[test]
    fn every_altered_cursor_is_refused() {
        let text = encode(b"a place", "list");
        for index in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[index] = if altered[index] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert_eq!(decode(&altered, "list"), None, "{altered}");
        }
        for refused in ["", "AAAA", "not base64!", &text[1..], &format!("{text}AA")] {
            assert_eq!(decode(refused, "list"), None, "{refused}");
        }
    }
}
