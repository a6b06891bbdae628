use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, get};

use super::visit::Visit;

/// A page for people whom a link led nowhere
#[utoipa::path(
    tag = "better-auth",
    operation_id = "errorPage",
    params(("error" = Option<String>, Query, description = "What went wrong")),
    responses((status = 200, description = "The page", body = String, content_type = "text/html"))
)]
#[get("/error")]
pub(super) async fn error_page(visit: Visit) -> HttpResponse {
    let code = visit.query().optional_text("error").filter(|code| is_code(code));
    let code = code.as_deref().unwrap_or("UNKNOWN");
    HttpResponse::Ok().content_type(ContentType::html()).body(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"UTF-8\"><title>Error</title></head>\n\
         <body><h1>Something went wrong</h1><p>Code: <code>{code}</code></p><p><a href=\"/\">Go home</a></p></body>\n</html>\n"
    ))
}

/// Codes need no escaping; whatever does is none.
fn is_code(text: &str) -> bool {
    (1..=100).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
}
