use actix_web::{HttpResponse, routes, web};

use super::input::UpdateInput;
use super::schemas::{IdempotencyKeyHeader, TaskIdInPath, UpdateTask};
use super::view::{self, TaskView};
use crate::extract::{Command, IfMatchHeader, TaskInPath};
use crate::problem::Problem;
use crate::state::State;

/// Change some fields of a task
///
/// JSON Merge Patch (RFC 7396): fields that are left out are kept; `null` clears them. Read-only fields may be sent back as they were read.
#[utoipa::path(
    patch,
    path = "/tasks/{id}",
    tag = "tasks",
    operation_id = "updateTask",
    params(
        TaskIdInPath,
        IfMatchHeader,
        IdempotencyKeyHeader,
    ),
    request_body(content(
        (UpdateTask = "application/json", example = json!({"priority": "high", "due_at": null})),
        (UpdateTask = "application/merge-patch+json", example = json!({"category": "shopping"})),
    )),
    responses(
        (status = 200, description = "The task as it is now", body = TaskView, headers(
            ("ETag" = String, description = "Version of the task in quotes"),
            ("Idempotency-Replayed" = String, description = "`true` when an earlier request had done it"),
        )),
    )
)]
#[routes]
#[patch("/tasks/{id}")]
#[patch("/users/{user_id}/tasks/{id}")]
pub(super) async fn update_task(
    state: web::Data<State>,
    TaskInPath { owner, id }: TaskInPath,
    command: Command<UpdateInput>,
) -> Result<HttpResponse, Problem> {
    let Command { caller, body: UpdateInput(patch), expected, attempt } = command;
    let written = state.deps.tasks.update(&caller, &owner, id, patch, &expected, attempt.as_ref()).await?;
    Ok(view::stored(&written))
}
