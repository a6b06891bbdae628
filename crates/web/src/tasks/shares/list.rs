use actix_web::{HttpResponse, routes, web};

use super::view::ShareView;
use crate::extract::{Caller, TaskInPath};
use crate::problem::Problem;
use crate::state::State;
use crate::tasks::schemas::TaskIdInPath;

/// List with whom a task is shared
///
/// For its owner: all shares, the oldest first.
#[utoipa::path(
    get,
    path = "/tasks/{id}/shares",
    tag = "tasks",
    operation_id = "listShares",
    params(TaskIdInPath),
    responses((status = 200, description = "The shares; at most 50", body = Vec<ShareView>))
)]
#[routes]
#[get("/tasks/{id}/shares")]
#[get("/users/{user_id}/tasks/{id}/shares")]
pub(super) async fn list_shares(
    state: web::Data<State>,
    caller: Caller,
    TaskInPath { owner, id }: TaskInPath,
) -> Result<HttpResponse, Problem> {
    let shares = state.deps.shares.list(&caller, &owner, id).await?;
    Ok(HttpResponse::Ok().json(shares.iter().map(ShareView::from).collect::<Vec<_>>()))
}
