use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, Uri};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};

use crate::extract::CallerPath;

/// Makes `/api/…` the same as `/api/v1/…` before anything looks at the path, and a HEAD request the same as a GET
/// (the server leaves its body out). Never by a redirect: clients drop headers on those.
pub(crate) async fn normalize<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let caller_path = CallerPath(request.path().to_owned());
    if let Some(uri) = canonical(request.uri()) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
    request.extensions_mut().insert(caller_path);
    next.call(request).await
}

/// The URI on the canonical base, if it is on the other one.
fn canonical(uri: &Uri) -> Option<Uri> {
    let rest = uri.path().strip_prefix("/api/")?;
    if rest == "v1" || rest.starts_with("v1/") {
        return None;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(format!("/api/v1/{rest}{query}").parse().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(uri: &str) -> Option<String> {
        canonical(&uri.parse().unwrap()).map(|uri| uri.to_string())
    }

    #[test]
    fn the_short_base_is_the_same_as_the_long_one() {
        assert_eq!(moved("/api/tasks?limit=5").as_deref(), Some("/api/v1/tasks?limit=5"));
        assert_eq!(moved("/api/v1x/tasks").as_deref(), Some("/api/v1/v1x/tasks"));
        for unmoved in ["/api/v1/tasks", "/api/v1", "/api", "/health", "/docs/api/x", "//api/tasks"] {
            assert_eq!(moved(unmoved), None, "{unmoved}");
        }
    }
}
