//! The bodies of task requests. The structs with a schema say what the OpenAPI document promises; a test holds the names
//! that are read against it.

use actix_web::http::header::HeaderMap;
use chrono::{DateTime, Utc};
use hexado_domain::error::FieldFault;
use hexado_domain::patch::Patch;
use hexado_domain::task::share::Access;
use hexado_domain::task::{Category, Description, DueAt, Echo, Priority, TaskDraft, TaskPatch, Title};
use serde_json::Value;

use crate::extract::{Fields, FromBody, Reader};
use crate::problem::Problem;

const READ_ONLY: [&str; 6] = ["id", "user_id", "version", "completed_at", "created_at", "updated_at"];
const ALL: [&str; 13] = [
    "title",
    "description",
    "completed",
    "status",
    "category",
    "priority",
    "due_at",
    "id",
    "user_id",
    "version",
    "completed_at",
    "created_at",
    "updated_at",
];

/// A new task.
#[derive(Debug)]
pub(super) struct CreateInput(pub TaskDraft);

/// A task whose title is given anew; other fields that are left out are kept.
#[derive(Debug)]
pub(super) struct ReplaceInput(pub TaskPatch);

/// JSON Merge Patch (RFC 7396) of a task.
#[derive(Debug)]
pub(super) struct UpdateInput(pub TaskPatch);

/// Whether a task shall be completed; by default yes.
#[derive(Debug)]
pub(super) struct CompleteInput(pub bool);

/// What a share shall let its user do.
#[derive(Debug)]
pub(super) struct ShareInput(pub Access);

impl FromBody for CreateInput {
    fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        let mut reader = Reader::new(Fields::json_or_form(headers, body)?, &ALL)?;
        for field in READ_ONLY {
            if reader.take(field).is_some() {
                reader.fault(field, FieldFault::ReadOnly);
            }
        }
        let title = reader.required_text("title", Title::parse)?;
        let patch = writable(&mut reader)?;
        let draft = title.map(|title| TaskDraft {
            title,
            description: patch.description.apply(None),
            category: patch.category.apply(None),
            priority: patch.priority.apply(None),
            due_at: patch.due_at.apply(None),
            completed: patch.completed.unwrap_or(false),
        });
        reader.finish(draft).map(Self)
    }
}

impl FromBody for ReplaceInput {
    fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        let mut reader = Reader::new(Fields::json_only(headers, body)?, &ALL)?;
        let title = reader.required_text("title", Title::parse)?;
        let patch = TaskPatch { title, echoes: echoes(&mut reader), ..writable(&mut reader)? };
        reader.finish(Some(patch)).map(Self)
    }
}

impl FromBody for UpdateInput {
    fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        let mut reader = Reader::new(Fields::json_only(headers, body)?, &ALL)?;
        let title = match reader.text_patch("title", Title::parse)? {
            Patch::Set(title) => Some(title),
            Patch::Keep => None,
            Patch::Clear => {
                reader.fault("title", FieldFault::Required);
                None
            }
        };
        let patch = TaskPatch { title, echoes: echoes(&mut reader), ..writable(&mut reader)? };
        reader.finish(Some(patch)).map(Self)
    }
}

impl FromBody for CompleteInput {
    fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        let mut reader = Reader::new(Fields::json_or_nothing(headers, body)?, &["completed"])?;
        let completed = reader.boolean("completed")?;
        reader.finish(Some(completed.unwrap_or(true))).map(Self)
    }
}

impl FromBody for ShareInput {
    fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        let mut reader = Reader::new(Fields::json_only(headers, body)?, &["access"])?;
        let access = reader.required_text("access", Access::parse)?;
        reader.finish(access).map(Self)
    }
}

/// Every writable field but the title.
fn writable(reader: &mut Reader) -> Result<TaskPatch, Problem> {
    Ok(TaskPatch {
        description: reader.text_patch("description", Description::parse)?,
        category: reader.text_patch("category", Category::parse)?,
        due_at: reader.text_patch("due_at", DueAt::parse)?,
        priority: priority(reader),
        completed: completed(reader)?,
        ..TaskPatch::default()
    })
}

fn priority(reader: &mut Reader) -> Patch<Priority> {
    let priority = match reader.scalar("priority") {
        None => return Patch::Keep,
        Some(Value::Null) => return Patch::Clear,
        Some(Value::Number(number)) => number.as_i64().and_then(Priority::from_number),
        Some(Value::String(name)) => Priority::from_name(&name),
        Some(_) => None,
    };
    let expected = "1, 2 or 3, or low, medium or high";
    reader.keep_fault("priority", priority.ok_or(FieldFault::NotOneOf { expected })).map_or(Patch::Keep, Patch::Set)
}

/// The one fact that `completed` and `status` both tell.
fn completed(reader: &mut Reader) -> Result<Option<bool>, Problem> {
    let completed = reader.boolean("completed")?;
    let status = match reader.scalar("status") {
        None => None,
        Some(Value::Bool(status)) => Some(status),
        Some(Value::String(status)) if status == "completed" => Some(true),
        Some(Value::String(status)) if status == "pending" => Some(false),
        Some(_) => {
            reader.fault("status", FieldFault::NotOneOf { expected: "pending or completed" });
            None
        }
    };
    if let (Some(completed), Some(status)) = (completed, status)
        && completed != status
    {
        reader.fault("status", FieldFault::Contradiction { other: "completed" });
    }
    Ok(completed.or(status))
}

fn echoes(reader: &mut Reader) -> Vec<Echo> {
    READ_ONLY.into_iter().filter_map(|field| reader.take(field).map(|value| echo(field, &value))).collect()
}

fn echo(field: &'static str, value: &Value) -> Echo {
    let time = || value.as_str().and_then(|text| text.parse::<DateTime<Utc>>().ok());
    let echo = match field {
        "id" => value.as_i64().map(Echo::Id),
        "user_id" => value.as_str().map(|id| Echo::UserId(id.to_owned())),
        "version" => value.as_i64().map(Echo::Version),
        "completed_at" if value.is_null() => Some(Echo::CompletedAt(None)),
        "completed_at" => time().map(|at| Echo::CompletedAt(Some(at))),
        "created_at" => time().map(Echo::CreatedAt),
        "updated_at" => time().map(Echo::UpdatedAt),
        _ => None,
    };
    echo.unwrap_or(Echo::Misfit(field))
}
