use actix_web::{HttpResponse, routes, web};

use super::schemas::{IdempotencyKeyHeader, TaskIdInPath};
use super::view::{self, DeletedView};
use crate::extract::{Command, IfMatchHeader, NoBody, TaskInPath};
use crate::problem::Problem;
use crate::state::State;

/// Delete a task
#[utoipa::path(
    delete,
    path = "/tasks/{id}",
    tag = "tasks",
    operation_id = "deleteTask",
    params(
        TaskIdInPath,
        IfMatchHeader,
        IdempotencyKeyHeader,
    ),
    responses(
        (status = 200, description = "The task is gone", body = DeletedView, headers(
            ("Idempotency-Replayed" = String, description = "`true` when an earlier request had done it"),
        )),
    )
)]
#[routes]
#[delete("/tasks/{id}")]
#[delete("/users/{user_id}/tasks/{id}")]
pub(super) async fn delete_task(
    state: web::Data<State>,
    TaskInPath { owner, id }: TaskInPath,
    command: Command<NoBody>,
) -> Result<HttpResponse, Problem> {
    let Command { caller, expected, attempt, .. } = command;
    let written = state.deps.tasks.delete(&caller, &owner, id, &expected, attempt.as_ref()).await?;
    Ok(view::deleted(&written))
}
