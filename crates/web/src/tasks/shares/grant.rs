use actix_web::{HttpResponse, routes, web};

use super::view::{self, ShareView};
use crate::extract::{Command, Guest, IfMatchHeader, ShareInPath};
use crate::problem::Problem;
use crate::state::State;
use crate::tasks::input::ShareInput;
use crate::tasks::schemas::{IdempotencyKeyHeader, ShareTask, ShareeIdInPath, TaskIdInPath};

/// Share a task with a user, or change what they may do with it
///
/// For its owner. `view` lets the user read the task, `edit` also change and complete it. A task is shared with 50 users at most.
#[utoipa::path(
    put,
    path = "/tasks/{id}/shares/{sharee_id}",
    tag = "tasks",
    operation_id = "shareTask",
    params(
        TaskIdInPath,
        ShareeIdInPath,
        IfMatchHeader,
        IdempotencyKeyHeader,
    ),
    request_body(content((ShareTask = "application/json", example = json!({"access": "edit"})))),
    responses(
        (status = 201, description = "The task was not shared with this user before", body = ShareView, headers(
            ("Idempotency-Replayed" = String, description = "`true` when an earlier request had done it"),
        )),
        (status = 200, description = "The share as it is now", body = ShareView, headers(
            ("Idempotency-Replayed" = String, description = "`true` when an earlier request had done it"),
        )),
    )
)]
#[routes]
#[put("/tasks/{id}/shares/{sharee_id}")]
#[put("/users/{user_id}/tasks/{id}/shares/{sharee_id}")]
pub(super) async fn share_task(
    state: web::Data<State>,
    path: ShareInPath,
    command: Command<ShareInput>,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    let Command { caller, body: ShareInput(access), expected, attempt } = command;
    let request = path.request(expected, attempt, visitor);
    let written = state.deps.shares.grant(&caller, &request, access).await?;
    Ok(view::granted(&written))
}
