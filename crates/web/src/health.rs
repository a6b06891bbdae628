//! Signs of life, for people, load balancers and containers.

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::Routes;
use crate::state::State;

pub(crate) fn register(routes: &mut Routes<'_>) {
    routes.service(show_live).service(show_ready).service(show_database).service(show_health);
}

/// State of this process and of what it depends on.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`, or `unavailable` when something required is down.
    #[schema(example = "ok")]
    status: &'static str,
    /// `starting`, `serving` or `draining`.
    #[schema(example = "serving")]
    process: &'static str,
    database: DatabaseHealth,
}

/// State of the database.
#[derive(Serialize, ToSchema)]
pub(crate) struct DatabaseHealth {
    /// `ok` or `unavailable`.
    #[schema(example = "ok")]
    status: &'static str,
    /// Milliseconds that one round trip took; `null` without an answer.
    #[schema(example = 0.41)]
    round_trip_ms: Option<f64>,
}

/// The process runs.
#[derive(Serialize, ToSchema)]
pub(crate) struct Alive {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the process runs
#[utoipa::path(tag = "health", operation_id = "live", responses((status = 200, description = "It runs", body = Alive)))]
#[get("/health/live")]
async fn show_live() -> HttpResponse {
    HttpResponse::Ok().json(Alive { status: "ok" })
}

/// Whether requests can be served
#[utoipa::path(tag = "health", operation_id = "ready", responses(
    (status = 200, description = "They can", body = Health),
    (status = 503, description = "Not during start, while draining, or without the database", body = Health),
))]
#[get("/health/ready")]
async fn show_ready(state: web::Data<State>) -> HttpResponse {
    answer(overall(&state).await)
}

/// Whether the database answers, and how fast
#[utoipa::path(tag = "health", operation_id = "databaseHealth", responses(
    (status = 200, description = "It answers", body = DatabaseHealth),
    (status = 503, description = "It does not", body = DatabaseHealth),
))]
#[get("/health/db")]
async fn show_database(state: web::Data<State>) -> HttpResponse {
    let database = probe(&state).await;
    if database.status == "ok" { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() }.json(database)
}

/// State of the server and of everything it depends on
#[utoipa::path(tag = "health", operation_id = "health", responses(
    (status = 200, description = "All that is required is up", body = Health),
    (status = 503, description = "Something required is down", body = Health),
))]
#[get("/health")]
async fn show_health(state: web::Data<State>) -> HttpResponse {
    answer(overall(&state).await)
}

async fn overall(state: &State) -> Health {
    let database = probe(state).await;
    let up = state.deps.readiness.is_serving() && database.status == "ok";
    Health { status: if up { "ok" } else { "unavailable" }, process: state.deps.readiness.name(), database }
}

async fn probe(state: &State) -> DatabaseHealth {
    match state.deps.database.round_trip().await {
        Ok(time) => DatabaseHealth { status: "ok", round_trip_ms: Some(time.as_secs_f64() * 1e3) },
        Err(error) => {
            tracing::debug!(error = %error, "the database does not answer a probe");
            DatabaseHealth { status: "unavailable", round_trip_ms: None }
        }
    }
}

fn answer(health: Health) -> HttpResponse {
    if health.status == "ok" { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() }.json(health)
}
