use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// The headers that make browsers careful, on every answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SecurityHeaders {
    /// Whether browsers shall come by https only: when the public URL is https.
    pub strict_transport: bool,
}

/// What an answer may load when it is shown as a page. Put into the response's extensions; by default nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ContentPolicy(pub &'static str);

const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

const FIXED: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin")),
    (header::PERMISSIONS_POLICY, HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=()")),
];

impl SecurityHeaders {
    pub(super) fn put(self, headers: &mut HeaderMap, policy: Option<ContentPolicy>) {
        for (name, value) in FIXED {
            headers.insert(name, value);
        }
        let policy = policy.map_or(NOTHING, |ContentPolicy(policy)| policy);
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
        if self.strict_transport {
            let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
            headers.insert(header::STRICT_TRANSPORT_SECURITY, two_years);
        }
    }
}
