use actix_web::http::header::{self, ContentType, HeaderName, HeaderValue};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder};
use chrono::{DateTime, Utc};
use hexado_domain::id::TaskId;
use hexado_domain::idempotency::Written;
use hexado_domain::task::{Category, Description, DueAt, Priority, Task};
use serde::Serialize;
use utoipa::ToSchema;

use super::json;
use crate::extract::{CallerPath, etag_of};

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A task.
#[derive(ToSchema)]
#[cfg_attr(test, derive(Serialize))]
#[schema(as = Task)]
pub(super) struct TaskView<'a> {
    #[schema(example = 7)]
    pub(super) id: i64,
    /// The owner.
    #[schema(example = "demo-user")]
    pub(super) user_id: &'a str,
    #[schema(example = "Buy milk", min_length = 1, max_length = 200)]
    pub(super) title: &'a str,
    #[schema(example = "Oat milk, two litres", max_length = 10_000)]
    pub(super) description: Option<&'a str>,
    #[schema(example = false)]
    pub(super) completed: bool,
    /// The same fact as `completed`, in the words of the list filter.
    #[schema(example = "pending", pattern = "^(pending|completed)$")]
    pub(super) status: &'static str,
    #[schema(example = json!(null))]
    pub(super) completed_at: Option<DateTime<Utc>>,
    #[schema(example = "errands", max_length = 100)]
    pub(super) category: Option<&'a str>,
    /// 1 is low, 2 medium, 3 high.
    #[schema(example = 2, minimum = 1, maximum = 3)]
    pub(super) priority: Option<i16>,
    #[schema(example = "2026-12-01T17:00:00Z")]
    pub(super) due_at: Option<DateTime<Utc>>,
    /// Grows by one at every change; the `ETag` is this number in quotes.
    #[schema(example = 1)]
    pub(super) version: i64,
    #[schema(example = "2026-11-21T09:00:00.123Z")]
    pub(super) created_at: DateTime<Utc>,
    #[schema(example = "2026-11-21T09:00:00.123Z")]
    pub(super) updated_at: DateTime<Utc>,
}

impl<'a> From<&'a Task> for TaskView<'a> {
    fn from(task: &'a Task) -> Self {
        Self {
            id: task.id.get(),
            user_id: task.user_id.as_str(),
            title: task.title.as_str(),
            description: task.description.as_ref().map(Description::as_str),
            completed: task.is_completed(),
            status: if task.is_completed() { "completed" } else { "pending" },
            completed_at: task.completed_at,
            category: task.category.as_ref().map(Category::as_str),
            priority: task.priority.map(Priority::number),
            due_at: task.due_at.map(DueAt::get),
            version: task.version.get(),
            created_at: task.created_at,
            updated_at: task.updated_at,
        }
    }
}

/// Says that a task is gone.
#[derive(Serialize, ToSchema)]
#[schema(as = TaskDeleted)]
pub(super) struct DeletedView {
    #[schema(example = "Task deleted")]
    message: &'static str,
    #[schema(example = 7)]
    id: i64,
}

/// 200 with the task and its `ETag`.
pub(super) fn shown(task: &Task) -> HttpResponse {
    with_body(HttpResponse::Ok().insert_header((header::ETAG, etag_of(task.version))), json::object(&task.into()))
}

/// With a page of tasks.
pub(super) fn listed(response: &mut HttpResponseBuilder, tasks: &[Task]) -> HttpResponse {
    with_body(response, json::array(tasks.iter().map(TaskView::from)))
}

/// 200 with the task as it was stored, now or by an earlier sending of the request.
pub(super) fn stored(written: &Written<Task>) -> HttpResponse {
    answer(&mut HttpResponse::Ok(), written)
}

/// 201 with the new task and its path, on the base that the caller used.
pub(super) fn created(request: &HttpRequest, written: &Written<Task>) -> HttpResponse {
    let base = request.extensions().get::<CallerPath>().map(|path| path.0.clone()).unwrap_or_default();
    let location = format!("{}/{}", base.trim_end_matches('/'), written.outcome.id);
    answer(HttpResponse::Created().insert_header((header::LOCATION, location)), written)
}

pub(super) fn deleted(written: &Written<TaskId>) -> HttpResponse {
    let view = DeletedView { message: "Task deleted", id: written.outcome.get() };
    replay_header(&mut HttpResponse::Ok(), written.replayed).json(view)
}

fn answer(response: &mut HttpResponseBuilder, written: &Written<Task>) -> HttpResponse {
    let task = &written.outcome;
    let response = replay_header(response, written.replayed).insert_header((header::ETAG, etag_of(task.version)));
    with_body(response, json::object(&task.into()))
}

fn with_body(response: &mut HttpResponseBuilder, json: Vec<u8>) -> HttpResponse {
    response.content_type(ContentType::json()).body(json)
}

pub(super) fn replay_header(response: &mut HttpResponseBuilder, replayed: bool) -> &mut HttpResponseBuilder {
    if replayed {
        response.insert_header((REPLAYED, HeaderValue::from_static("true")));
    }
    response
}
