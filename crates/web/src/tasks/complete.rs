use actix_web::{HttpResponse, routes, web};
use hexado_domain::task::TaskPatch;

use super::input::CompleteInput;
use super::schemas::{CompleteTask, IdempotencyKeyHeader, TaskIdInPath};
use super::view::{self, TaskView};
use crate::extract::{Command, IfMatchHeader, TaskInPath};
use crate::problem::Problem;
use crate::state::State;

/// Complete a task, or reopen it
///
/// Without a body, completes it. Completing a completed task changes nothing.
#[utoipa::path(
    patch,
    path = "/tasks/{id}/complete",
    tag = "tasks",
    operation_id = "completeTask",
    params(
        TaskIdInPath,
        IfMatchHeader,
        IdempotencyKeyHeader,
    ),
    request_body(content((Option<CompleteTask> = "application/json", example = json!({"completed": true})))),
    responses(
        (status = 200, description = "The task as it is now", body = TaskView, headers(
            ("ETag" = String, description = "Version of the task in quotes"),
            ("Idempotency-Replayed" = String, description = "`true` when an earlier request had done it"),
        )),
    )
)]
#[routes]
#[patch("/tasks/{id}/complete")]
#[patch("/users/{user_id}/tasks/{id}/complete")]
pub(super) async fn complete_task(
    state: web::Data<State>,
    TaskInPath { owner, id }: TaskInPath,
    command: Command<CompleteInput>,
) -> Result<HttpResponse, Problem> {
    let Command { caller, body: CompleteInput(completed), expected, attempt } = command;
    let patch = TaskPatch { completed: Some(completed), ..TaskPatch::default() };
    let written = state.deps.tasks.update(&caller, &owner, id, patch, &expected, attempt.as_ref()).await?;
    Ok(view::stored(&written))
}
