use actix_web::{HttpRequest, HttpResponse, routes, web};

use super::input::CreateInput;
use super::schemas::{CreateTask, IdempotencyKeyHeader};
use super::view::{self, TaskView};
use crate::extract::{Command, OwnerInPath};
use crate::problem::Problem;
use crate::state::State;

/// Create a task
///
/// Answers with the stored task, its path in `Location`, and its version as `ETag`. Takes JSON or a form.
#[utoipa::path(
    post,
    path = "/tasks",
    tag = "tasks",
    operation_id = "createTask",
    params(IdempotencyKeyHeader),
    request_body(content(
        (CreateTask = "application/json", example = json!({
            "title": "Buy milk", "description": "Oat milk, two litres", "category": "errands",
            "priority": 2, "due_at": "2026-12-01T17:00:00Z",
        })),
        (CreateTask = "application/x-www-form-urlencoded", example = json!({"title": "Buy milk", "priority": "high"})),
    )),
    responses(
        (status = 201, description = "The new task", body = TaskView, headers(
            ("Location" = String, description = "Path of the task, on the base that was used"),
            ("ETag" = String, description = "Version of the task in quotes"),
            ("Idempotency-Replayed" = String, description = "`true` when an earlier request had made it"),
        )),
    )
)]
#[routes]
#[post("/tasks")]
#[post("/users/{user_id}/tasks")]
pub(super) async fn create_task(
    request: HttpRequest,
    state: web::Data<State>,
    OwnerInPath(owner): OwnerInPath,
    command: Command<CreateInput>,
) -> Result<HttpResponse, Problem> {
    let Command { caller, body: CreateInput(draft), attempt, .. } = command;
    let written = state.deps.tasks.create(&caller, &owner, draft, attempt.as_ref()).await?;
    Ok(view::created(&request, &written))
}
