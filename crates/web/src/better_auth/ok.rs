use actix_web::{HttpResponse, get};
use serde_json::json;

/// Whether the wire is served
#[utoipa::path(tag = "better-auth", operation_id = "ok", responses((status = 200, description = "It is", body = Object)))]
#[get("/ok")]
pub(super) async fn ok() -> HttpResponse {
    HttpResponse::Ok().json(json!({"ok": true}))
}
