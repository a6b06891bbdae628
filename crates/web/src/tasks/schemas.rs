//! What the document says of requests. Reading them is `input.rs`'s and `list.rs`'s; tests hold the names together.

#![expect(dead_code, reason = "these types are read by the OpenAPI document only")]

use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// A new task.
#[derive(ToSchema)]
pub(super) struct CreateTask {
    /// Trimmed; no control characters.
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    /// Kept verbatim; line feeds and tabs are allowed.
    #[schema(max_length = 10_000)]
    description: Option<String>,
    #[schema(default = false, nullable = false)]
    completed: Option<bool>,
    /// The same fact as `completed`: `pending` or `completed`, or a boolean.
    #[schema(nullable = false)]
    status: Option<Status>,
    /// Trimmed.
    #[schema(min_length = 1, max_length = 100)]
    category: Option<String>,
    priority: Option<PriorityInput>,
    due_at: Option<DateTime<Utc>>,
}

/// A task with its title; optional fields that are left out are kept, `null` clears them.
#[derive(ToSchema)]
pub(super) struct ReplaceTask {
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    #[schema(max_length = 10_000)]
    description: Option<String>,
    #[schema(nullable = false)]
    completed: Option<bool>,
    #[schema(nullable = false)]
    status: Option<Status>,
    #[schema(min_length = 1, max_length = 100)]
    category: Option<String>,
    priority: Option<PriorityInput>,
    due_at: Option<DateTime<Utc>>,
}

/// Some fields of a task; what is left out is kept, `null` clears it.
#[derive(ToSchema)]
pub(super) struct UpdateTask {
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    title: Option<String>,
    #[schema(max_length = 10_000)]
    description: Option<String>,
    #[schema(nullable = false)]
    completed: Option<bool>,
    #[schema(nullable = false)]
    status: Option<Status>,
    #[schema(min_length = 1, max_length = 100)]
    category: Option<String>,
    priority: Option<PriorityInput>,
    due_at: Option<DateTime<Utc>>,
}

/// Whether a task shall be completed.
#[derive(ToSchema)]
pub(super) struct CompleteTask {
    #[schema(default = true, nullable = false)]
    completed: Option<bool>,
}

/// What the user may do with the task.
#[derive(ToSchema)]
pub(super) struct ShareTask {
    /// `view`, or `edit`, which includes it.
    #[schema(pattern = "^(view|edit)$")]
    access: String,
}

/// `pending` or `completed`; a boolean says whether it is completed.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Status {
    Name(String),
    Completed(bool),
}

/// 1, 2, 3, or low, medium, high.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum PriorityInput {
    Number(i16),
    Name(String),
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListTasks {
    /// `true` for the tasks that others share with the caller, instead of their own.
    #[param(nullable = false, default = false)]
    shared: Option<bool>,
    /// `all` (default), `pending` or `completed`.
    #[param(nullable = false)]
    status: Option<String>,
    /// 1, 2 or 3, or low, medium or high.
    #[param(nullable = false)]
    priority: Option<String>,
    /// Exactly this category.
    #[param(nullable = false, min_length = 1, max_length = 100)]
    category: Option<String>,
    /// Words that all stand in title or description, the last one as a prefix.
    #[param(nullable = false, min_length = 1, max_length = 200)]
    q: Option<String>,
    /// Due before this time.
    #[param(nullable = false)]
    due_before: Option<DateTime<Utc>>,
    /// Due at this time or later.
    #[param(nullable = false)]
    due_after: Option<DateTime<Utc>>,
    /// `created_at`, `due_at`, `priority` or `title`; `-` in front for descending. By default `-created_at`. Tasks without a value come last.
    #[param(nullable = false)]
    sort: Option<String>,
    /// Tasks on a page at most.
    #[param(nullable = false, minimum = 1, maximum = 100, default = 20)]
    limit: Option<u8>,
    /// Where the page begins: from `Link` of the page before. It belongs to that page's owner, filters and sort.
    #[param(nullable = false)]
    cursor: Option<String>,
    /// Whether to answer `X-Total-Count`.
    #[param(nullable = false, default = false)]
    count: Option<bool>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct TaskIdInPath {
    /// Number of the task.
    #[param(minimum = 1, example = 7)]
    id: i64,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ShareeIdInPath {
    /// With whom the task is shared; `me` means the caller.
    #[param(example = "demo-user")]
    sharee_id: String,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(super) struct IdempotencyKeyHeader {
    /// A name for this change, 1 to 255 visible ASCII characters. Sent again within 24 hours, the same request gets the same answer and has no second effect.
    #[param(nullable = false, rename = "Idempotency-Key")]
    idempotency_key: Option<String>,
}
