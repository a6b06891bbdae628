use actix_web::{HttpResponse, routes, web};

use super::view::{self, RevokedView};
use crate::extract::{Command, Guest, IfMatchHeader, NoBody, ShareInPath};
use crate::problem::Problem;
use crate::state::State;
use crate::tasks::schemas::{IdempotencyKeyHeader, ShareeIdInPath, TaskIdInPath};

/// Stop sharing a task with a user
///
/// For its owner, or for the user themselves, who gives the share up.
#[utoipa::path(
    delete,
    path = "/tasks/{id}/shares/{sharee_id}",
    tag = "tasks",
    operation_id = "unshareTask",
    params(
        TaskIdInPath,
        ShareeIdInPath,
        IfMatchHeader,
        IdempotencyKeyHeader,
    ),
    responses(
        (status = 200, description = "The share is gone", body = RevokedView, headers(
            ("Idempotency-Replayed" = String, description = "`true` when an earlier request had done it"),
        )),
    )
)]
#[routes]
#[delete("/tasks/{id}/shares/{sharee_id}")]
#[delete("/users/{user_id}/tasks/{id}/shares/{sharee_id}")]
pub(super) async fn unshare_task(
    state: web::Data<State>,
    path: ShareInPath,
    command: Command<NoBody>,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    let Command { caller, expected, attempt, .. } = command;
    let request = path.request(expected, attempt, visitor);
    let written = state.deps.shares.revoke(&caller, &request).await?;
    Ok(view::revoked(&written))
}
