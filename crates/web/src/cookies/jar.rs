use actix_web::dev::ServiceResponse;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpMessage, HttpRequest};

const TOKEN: HeaderName = HeaderName::from_static("set-auth-token");

/// The cookies that go with an answer, collected while it is made.
#[derive(Debug, Default)]
struct Jar {
    /// By name, in the order in which they were first set.
    lines: Vec<(&'static str, String)>,
    /// The signed session token for clients that keep no cookies.
    token: Option<String>,
}

/// Sets a cookie with the answer to `request`, in place of an earlier one with this name.
pub(super) fn keep(request: &HttpRequest, name: &'static str, line: String) {
    with_jar(request, |jar| match jar.lines.iter_mut().find(|(known, _)| *known == name) {
        Some((_, earlier)) => *earlier = line,
        None => jar.lines.push((name, line)),
    });
}

pub(super) fn hand_over(request: &HttpRequest, token: String) {
    with_jar(request, |jar| jar.token = Some(token));
}

pub(super) fn hand_over_nothing(request: &HttpRequest) {
    with_jar(request, |jar| jar.token = None);
}

fn with_jar(request: &HttpRequest, change: impl FnOnce(&mut Jar)) {
    let mut extensions = request.extensions_mut();
    let mut jar = extensions.remove::<Jar>().unwrap_or_default();
    change(&mut jar);
    extensions.insert(jar);
}

/// Puts the collected cookies into the answer; with a session's also `set-auth-token`, as Better Auth's bearer plugin does.
pub(crate) fn put<B>(answer: &mut ServiceResponse<B>) {
    let Some(jar) = answer.request().extensions_mut().remove::<Jar>() else { return };
    let headers = answer.headers_mut();
    for (_, line) in jar.lines {
        if let Ok(line) = HeaderValue::try_from(line) {
            headers.append(header::SET_COOKIE, line);
        }
    }
    if let Some(token) = jar.token.and_then(|token| HeaderValue::try_from(token).ok()) {
        // CORS exposes it, as it does `set-auth-jwt`.
        headers.insert(TOKEN, token);
    }
}
