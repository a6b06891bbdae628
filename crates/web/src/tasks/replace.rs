use actix_web::{HttpResponse, routes, web};

use super::input::ReplaceInput;
use super::schemas::{IdempotencyKeyHeader, ReplaceTask, TaskIdInPath};
use super::view::{self, TaskView};
use crate::extract::{Command, IfMatchHeader, TaskInPath};
use crate::problem::Problem;
use crate::state::State;

/// Change a task, giving its title
///
/// Optional fields that are left out are kept; `null` clears them. Read-only fields may be sent back as they were read.
#[utoipa::path(
    put,
    path = "/tasks/{id}",
    tag = "tasks",
    operation_id = "replaceTask",
    params(
        TaskIdInPath,
        IfMatchHeader,
        IdempotencyKeyHeader,
    ),
    request_body(content((ReplaceTask = "application/json", example = json!({
        "title": "Buy oat milk", "description": null, "completed": false,
    })))),
    responses(
        (status = 200, description = "The task as it is now", body = TaskView, headers(
            ("ETag" = String, description = "Version of the task in quotes"),
            ("Idempotency-Replayed" = String, description = "`true` when an earlier request had done it"),
        )),
    )
)]
#[routes]
#[put("/tasks/{id}")]
#[put("/users/{user_id}/tasks/{id}")]
pub(super) async fn replace_task(
    state: web::Data<State>,
    TaskInPath { owner, id }: TaskInPath,
    command: Command<ReplaceInput>,
) -> Result<HttpResponse, Problem> {
    let Command { caller, body: ReplaceInput(patch), expected, attempt } = command;
    let written = state.deps.tasks.update(&caller, &owner, id, patch, &expected, attempt.as_ref()).await?;
    Ok(view::stored(&written))
}
