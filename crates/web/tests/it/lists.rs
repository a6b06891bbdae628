use std::sync::{Arc, Mutex};

use hexado_domain::page::Page;
use hexado_domain::task::{Category, MockTaskStore, Priority, SortField, SortKey, StatusFilter, TaskQuery};
use hexado_domain::testing::fixtures::{noon, task};

use crate::support::{Answer, Api, request};

/// A store whose lists have more, and what it was asked.
fn endless() -> (MockTaskStore, Arc<Mutex<Vec<TaskQuery>>>) {
    let asked: Arc<Mutex<Vec<TaskQuery>>> = Arc::default();
    let mut store = MockTaskStore::new();
    let queries = asked.clone();
    store.expect_list().returning(move |_, query| {
        queries.lock().unwrap().push(query.clone());
        Ok(Page { items: vec![task(9, "ann"), task(8, "ann")], more: true, total: query.count.then_some(42) })
    });
    (store, asked)
}

async fn list(query: &str) -> (Answer, Option<TaskQuery>) {
    let (store, asked) = endless();
    let answer = Api::new(store).send(request("GET", &format!("/api/v1/tasks{query}"))).await;
    let asked = asked.lock().unwrap().last().cloned();
    (answer, asked)
}

/// Path and query of the next page.
fn next(answer: &Answer) -> String {
    let link = answer.header("link").unwrap();
    link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\"")).unwrap().to_owned()
}

#[actix_web::test]
async fn a_list_is_a_bare_array_newest_first_20_at_a_time() {
    let (answer, asked) = list("").await;
    let asked = asked.unwrap();
    assert_eq!(answer.json().as_array().map(Vec::len), Some(2));
    assert_eq!(answer.header("x-total-count"), None);
    assert_eq!((asked.sort.field, asked.sort.descending, asked.limit.get()), (SortField::CreatedAt, true, 20));
    assert_eq!((asked.filter.status, asked.after), (StatusFilter::All, None));
}

#[actix_web::test]
async fn filters_sort_limit_and_count_reach_the_store() {
    let query = "?status=pending&priority=high&category=work&q=buy%20mi&due_before=2026-12-01T00:00:00Z\
        &due_after=2026-11-01T00:00:00%2B01:00&sort=-due_at&limit=100&count=true";
    let (answer, asked) = list(query).await;
    let asked = asked.unwrap();
    assert_eq!(asked.filter.status, StatusFilter::Pending);
    assert_eq!(asked.filter.priority.map(Priority::name), Some("high"));
    assert_eq!(asked.filter.category.as_ref().map(Category::as_str), Some("work"));
    assert_eq!(asked.filter.words.as_ref().unwrap().as_slice(), ["buy", "mi"]);
    assert_eq!(asked.filter.due_before.unwrap().to_rfc3339(), "2026-12-01T00:00:00+00:00");
    assert_eq!(asked.filter.due_after.unwrap().to_rfc3339(), "2026-10-31T23:00:00+00:00");
    assert_eq!((asked.sort.field, asked.sort.descending, asked.limit.get()), (SortField::DueAt, true, 100));
    assert_eq!(answer.header("x-total-count"), Some("42"));
}

#[actix_web::test]
async fn the_next_page_begins_behind_the_last_task_and_keeps_base_and_parameters() {
    let (store, asked) = endless();
    let api = Api::new(store);
    for path in ["/api/tasks?limit=2&status=all", "/api/v1/users/me/tasks?q=a%20b&sort=created_at"] {
        let page = api.send(request("GET", path)).await;
        let next = next(&page);
        assert!(next.starts_with(path.split('?').next().unwrap()), "{next}");
        let second = api.send(request("GET", &next)).await;
        assert_eq!(second.status.as_u16(), 200, "{}", second.text);
        let after = asked.lock().unwrap().last().cloned().unwrap().after.unwrap();
        assert_eq!((after.id.get(), after.key), (8, SortKey::CreatedAt(noon())));
    }
}

#[actix_web::test]
async fn the_last_page_has_no_link() {
    let mut store = MockTaskStore::new();
    store.expect_list().returning(|_, _| Ok(Page { items: vec![task(9, "ann")], more: false, total: None }));
    assert_eq!(Api::new(store).send(request("GET", "/api/v1/tasks")).await.header("link"), None);
}

#[actix_web::test]
async fn a_cursor_belongs_to_its_owner_filters_and_sort_but_to_any_limit() {
    let (store, _) = endless();
    let api = Api::new(store);
    let page = api.send(request("GET", "/api/v1/tasks?sort=-created_at&status=pending")).await;
    let cursor = next(&page).split("cursor=").nth(1).unwrap().to_owned();
    for other in [
        "/api/v1/tasks?sort=created_at&status=pending",
        "/api/v1/tasks?sort=-due_at&status=pending",
        "/api/v1/tasks?sort=-created_at",
        "/api/v1/tasks?sort=-created_at&status=pending&shared=true",
        "/api/v1/tasks?sort=-created_at&status=completed",
        "/api/v1/users/me/tasks?sort=-created_at&status=pending",
    ] {
        let answer = api.send(request("GET", &format!("{other}&cursor={cursor}"))).await;
        assert_eq!(answer.refusal(), (400, "cursor_invalid".into()), "{other}");
    }
    for same in [
        "/api/tasks?status=pending&sort=-created_at&limit=1",
        "/api/v1/tasks?sort=-created_at&count=true&status=pending",
    ] {
        let answer = api.send(request("GET", &format!("{same}&cursor={cursor}"))).await;
        assert_eq!(answer.status.as_u16(), 200, "{same}");
    }
    for altered in [format!("{cursor}A"), cursor[1..].to_owned(), "x".to_owned(), String::new(), "%00".to_owned()] {
        let answer =
            api.send(request("GET", &format!("/api/v1/tasks?sort=-created_at&status=pending&cursor={altered}"))).await;
        assert_eq!(answer.refusal(), (400, "cursor_invalid".into()), "{altered}");
    }
}

#[actix_web::test]
async fn wrong_parameters_are_422_all_at_once() {
    let cases = [
        ("?limit=0", "/query/limit", "invalid_parameter"),
        ("?limit=101", "/query/limit", "invalid_parameter"),
        ("?limit=-1", "/query/limit", "invalid_parameter"),
        ("?limit=abc", "/query/limit", "invalid_parameter"),
        ("?status=done", "/query/status", "invalid_parameter"),
        ("?sort=--title", "/query/sort", "invalid_parameter"),
        ("?priority=4", "/query/priority", "invalid_parameter"),
        ("?category=", "/query/category", "invalid_parameter"),
        ("?q=%00", "/query/q", "invalid_parameter"),
        ("?due_before=tomorrow", "/query/due_before", "invalid_parameter"),
        ("?count=yes", "/query/count", "invalid_parameter"),
        ("?stauts=pending", "/query/stauts", "unknown_parameter"),
        ("?limit=1&limit=2", "/query/limit", "duplicate_parameter"),
    ];
    for (query, pointer, code) in cases {
        let (answer, asked) = list(query).await;
        assert_eq!(answer.status.as_u16(), 422, "{query}");
        assert_eq!(answer.faults(), [(pointer.to_owned(), code.to_owned())], "{query}");
        assert_eq!(asked, None, "{query}");
    }
    let (answer, _) = list("?limit=0&sort=x&cursor=y").await;
    assert_eq!(answer.faults().len(), 2, "{}", answer.text);
}
