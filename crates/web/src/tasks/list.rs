use actix_web::{HttpRequest, HttpResponse, routes, web};
use hexado_domain::error::FieldFault;
use hexado_domain::page::Limit;
use hexado_domain::task::{
    Category, DueAt, Priority, SearchWords, SortField, StatusFilter, TaskCursor, TaskFilter, TaskQuery, TaskSort,
};

use super::cursor::{read_place, write_place};
use super::schemas::ListTasks;
use super::view::{self, TaskView};
use crate::extract::{Caller, OwnerInPath, QueryReader, link_next, read_cursor};
use crate::problem::Problem;
use crate::state::State;

const PARAMETERS: [&str; 11] =
    ["shared", "status", "priority", "category", "q", "due_before", "due_after", "sort", "limit", "cursor", "count"];

/// List tasks
///
/// All filters that are given must hold. While there is more, `Link` has the path of the next page.
#[utoipa::path(
    get,
    path = "/tasks",
    tag = "tasks",
    operation_id = "listTasks",
    params(ListTasks),
    responses(
        (status = 200, description = "A page of tasks", body = Vec<TaskView>, headers(
            ("Link" = String, description = "`<path>; rel=\"next\"` while there is more (RFC 8288)"),
            ("X-Total-Count" = i64, description = "Tasks on all pages together, with `count=true`"),
        )),
    )
)]
#[routes]
#[get("/tasks")]
#[get("/users/{user_id}/tasks")]
pub(super) async fn list_tasks(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller,
    OwnerInPath(owner): OwnerInPath,
) -> Result<HttpResponse, Problem> {
    let query = read_query(&request)?;
    let page = state.deps.tasks.list(&caller, &owner, &query).await?;
    let mut response = HttpResponse::Ok();
    if let (true, Some(last)) = (page.more, page.items.last()) {
        link_next(&mut response, &request, &write_place(&TaskCursor::behind(last, query.sort.field)));
    }
    if let Some(total) = page.total {
        response.insert_header(("X-Total-Count", total));
    }
    Ok(view::listed(&mut response, &page.items))
}

fn read_query(request: &HttpRequest) -> Result<TaskQuery, Problem> {
    let mut reader = QueryReader::new(request, &PARAMETERS)?;
    let filter = read_filter(&mut reader);
    let sort_names = "created_at, due_at, priority or title, with - in front for descending";
    let sort = reader.value("sort", sort_names, sort_of).unwrap_or_default();
    let limit = reader.value("limit", "1 to 100", |text| Limit::new(text.parse().ok()?)).unwrap_or_default();
    let count = reader.flag("count");
    let cursor = reader.text("cursor").map(str::to_owned);
    reader.finish()?;
    let read_place = |place: &[u8]| read_place(place, sort.field);
    let after = cursor.map(|cursor| read_cursor(request, &cursor, read_place)).transpose()?;
    Ok(TaskQuery { filter, sort, after, limit, count })
}

fn read_filter(reader: &mut QueryReader) -> TaskFilter {
    let time = "an RFC 3339 time, with + written as %2B";
    TaskFilter {
        shared: reader.flag("shared"),
        status: reader.value("status", "all, pending or completed", status_of).unwrap_or_default(),
        priority: reader.value("priority", "1, 2 or 3, or low, medium or high", priority_of),
        category: text(reader, "category", Category::MAX_LENGTH, Category::parse),
        words: text(reader, "q", SearchWords::MAX_LENGTH, SearchWords::parse),
        due_before: reader.value("due_before", time, |text| DueAt::parse(text).ok()).map(DueAt::get),
        due_after: reader.value("due_after", time, |text| DueAt::parse(text).ok()).map(DueAt::get),
    }
}

fn text<T>(
    reader: &mut QueryReader,
    name: &str,
    max: usize,
    parse: impl FnOnce(&str) -> Result<T, FieldFault>,
) -> Option<T> {
    let expected = format!("1 to {max} characters without control characters");
    reader.value(name, &expected, |text| parse(text).ok())
}

fn status_of(text: &str) -> Option<StatusFilter> {
    match text {
        "all" => Some(StatusFilter::All),
        "pending" => Some(StatusFilter::Pending),
        "completed" => Some(StatusFilter::Completed),
        _ => None,
    }
}

fn priority_of(text: &str) -> Option<Priority> {
    Priority::from_name(text).or_else(|| Priority::from_number(text.parse().ok()?))
}

fn sort_of(text: &str) -> Option<TaskSort> {
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    let field = SortField::ALL.into_iter().find(|field| field.name() == name)?;
    Some(TaskSort { field, descending })
}
