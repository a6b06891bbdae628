//! Swagger UI and the OpenAPI document.

use actix_web::http::header::{self, ContentType};
use actix_web::middleware::from_fn;
use actix_web::{
    Error, HttpResponse, body::MessageBody, dev::ServiceRequest, dev::ServiceResponse, middleware::Next, web,
};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::middleware::ContentPolicy;

/// Swagger UI runs its own scripts, sets styles in place, shows embedded pictures, and calls this server.
const POLICY: ContentPolicy = ContentPolicy(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; frame-ancestors 'none'",
);

pub(crate) fn register(config: &mut web::ServiceConfig, document: &web::Bytes) {
    let document = document.clone();
    let swagger_ui = SwaggerUi::new("/{_:.*}").config(
        Config::new(["/openapi.json"]).persist_authorization(true).display_request_duration(true).validator_url("none"),
    );
    config
        .route("/openapi.json", web::get().to(move || serve(document.clone())))
        .route("/docs", web::get().to(|| async { web::Redirect::to("/docs/").permanent() }))
        .service(web::scope("/docs").wrap(from_fn(with_policy)).service(swagger_ui));
}

async fn serve(document: web::Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::json())
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(document)
}

async fn with_policy<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    response.response_mut().extensions_mut().insert(POLICY);
    Ok(response)
}
