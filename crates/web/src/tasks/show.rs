use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, routes, web};

use super::schemas::TaskIdInPath;
use super::view::{self, TaskView};
use crate::extract::{Caller, IfNoneMatchHeader, TaskInPath, etag_of, if_none_match_has};
use crate::problem::Problem;
use crate::state::State;

/// Read a task
#[utoipa::path(
    get,
    path = "/tasks/{id}",
    tag = "tasks",
    operation_id = "getTask",
    params(TaskIdInPath, IfNoneMatchHeader),
    responses(
        (status = 200, description = "The task", body = TaskView, headers(
            ("ETag" = String, description = "Version of the task in quotes"),
        )),
        (status = 304, description = "`If-None-Match` names the present version"),
    )
)]
#[routes]
#[get("/tasks/{id}")]
#[get("/users/{user_id}/tasks/{id}")]
pub(super) async fn show_task(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller,
    TaskInPath { owner, id }: TaskInPath,
) -> Result<HttpResponse, Problem> {
    let task = state.deps.tasks.find(&caller, &owner, id).await?;
    if if_none_match_has(request.headers(), task.version) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, etag_of(task.version))).finish());
    }
    Ok(view::shown(&task))
}
