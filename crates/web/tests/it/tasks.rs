use std::sync::{Arc, Mutex};

use hexado_domain::error::StoreError;
use hexado_domain::idempotency::{Attempt, Recorded};
use hexado_domain::patch::Patch;
use hexado_domain::task::{Expected, MockTaskStore, Task, TaskOutcome, Version, WriteTarget};
use hexado_domain::testing::fixtures::{noon, task, task_id};
use serde_json::json;

use crate::support::{Api, json, request};

fn version(version: i64) -> Task {
    Task { version: Version::new(version), ..task(7, "ann") }
}

fn target(task: Task) -> WriteTarget {
    WriteTarget { task: Some(task), ..WriteTarget::default() }
}

/// A store with one task in its third version, that takes any change.
fn holding() -> MockTaskStore {
    let mut store = MockTaskStore::new();
    store.expect_find().returning(|_, _| Ok(Some(version(3))));
    store.expect_find_for_write().returning(|_, _, _| Ok(target(version(3))));
    store.expect_update().returning(|change, _| Ok(change.task.clone()));
    store
}

fn empty() -> MockTaskStore {
    let mut store = MockTaskStore::new();
    store.expect_find().returning(|_, _| Ok(None));
    store.expect_find_for_write().returning(|_, _, _| Ok(WriteTarget::default()));
    store.expect_delete().returning(|_, _| Ok(false));
    store
}

const WRITES: [(&str, &str, &str); 4] = [
    ("PUT", "/api/v1/tasks/7", r#"{"title": "b"}"#),
    ("PATCH", "/api/v1/tasks/7", r#"{"title": "b"}"#),
    ("PATCH", "/api/v1/tasks/7/complete", r#"{"completed": true}"#),
    ("DELETE", "/api/v1/tasks/7", ""),
];

#[actix_web::test]
async fn a_task_has_all_its_fields() {
    let answer = Api::new(holding()).send(request("GET", "/api/v1/tasks/7")).await;
    assert_eq!(answer.header("etag"), Some("\"3\""));
    assert_eq!(
        answer.json(),
        json!({
            "id": 7, "user_id": "ann", "title": "Buy milk", "description": null, "completed": false,
            "status": "pending", "completed_at": null, "category": null, "priority": null, "due_at": null,
            "version": 3, "created_at": "2026-11-21T12:00:00Z", "updated_at": "2026-11-21T12:00:00Z",
        })
    );
}

#[actix_web::test]
async fn a_known_version_is_304_without_a_body() {
    let api = Api::new(holding());
    let known = api.send(request("GET", "/api/v1/tasks/7").insert_header(("if-none-match", "\"3\""))).await;
    assert_eq!((known.status.as_u16(), known.text.as_str(), known.header("etag")), (304, "", Some("\"3\"")));
    let other = api.send(request("GET", "/api/v1/tasks/7").insert_header(("if-none-match", "\"2\""))).await;
    assert_eq!(other.status.as_u16(), 200);
}

#[actix_web::test]
async fn a_new_task_has_its_path_on_the_base_that_was_used() {
    for path in ["/api/v1/tasks", "/api/tasks", "/api/users/me/tasks"] {
        let mut store = MockTaskStore::new();
        store.expect_create().returning(|_, _| Ok(task(7, "ann")));
        let answer = Api::new(store).send(json("POST", path, r#"{"title": "a"}"#)).await;
        assert_eq!(answer.status.as_u16(), 201);
        assert_eq!(answer.header("location"), Some(format!("{path}/7").as_str()));
        assert_eq!(answer.header("etag"), Some("\"1\""));
    }
}

#[actix_web::test]
async fn what_cannot_be_a_task_is_404() {
    for id in ["0", "-1", "abc", "9223372036854775808", "1e3", "07", "%20", "1%2F2"] {
        for (method, path, body) in WRITES.into_iter().chain([("GET", "/api/v1/tasks/7", "")]) {
            let path = path.replace('7', id);
            let answer = Api::untouched().send(json(method, &path, body)).await;
            assert_eq!(answer.status.as_u16(), 404, "{method} {path}");
        }
    }
}

#[actix_web::test]
async fn what_is_not_there_is_404_on_every_route() {
    let api = Api::new(empty());
    for (method, path, body) in WRITES.into_iter().chain([("GET", "/api/v1/tasks/7", "")]) {
        assert_eq!(
            api.send(json(method, path, body)).await.refusal(),
            (404, "task_not_found".into()),
            "{method} {path}"
        );
    }
}

#[actix_web::test]
async fn another_user_in_the_path_is_403_unless_the_permission_is_held() {
    let api = Api::new(holding());
    let get = |token: &'static str| {
        request("GET", "/api/v1/users/bob/tasks/7").insert_header(("authorization", format!("Bearer {token}")))
    };
    assert_eq!(api.send(get("ann")).await.refusal(), (403, "user_mismatch".into()));
    assert!(api.send(get("ann")).await.text.contains("task:read-any"));
    for token in ["bob", "root"] {
        assert_eq!(api.send(get(token)).await.status.as_u16(), 200, "{token}");
    }
}

#[actix_web::test]
async fn put_keeps_what_is_left_out_and_clears_what_is_null() {
    let mut store = MockTaskStore::new();
    let old = || {
        let draft = hexado_domain::task::Description::parse("kept").ok();
        let category = hexado_domain::task::Category::parse("cleared").ok();
        Task { description: draft, category, ..task(7, "ann") }
    };
    store.expect_find_for_write().returning(move |_, _, _| Ok(target(old())));
    store.expect_update().returning(|change, _| Ok(change.task.clone()));
    let answer = Api::new(store).send(json("PUT", "/api/v1/tasks/7", r#"{"title": "b", "category": null}"#)).await;
    let (status, task) = (answer.status.as_u16(), answer.json());
    assert_eq!((status, &task["title"], &task["description"]), (200, &json!("b"), &json!("kept")));
    assert_eq!((&task["category"], &task["version"]), (&json!(null), &json!(2)));
}

#[actix_web::test]
async fn put_needs_a_title_and_patch_does_not() {
    let api = Api::new(holding());
    let put = api.send(json("PUT", "/api/v1/tasks/7", r#"{"priority": 1}"#)).await;
    assert_eq!(put.faults(), [("/title".to_owned(), "required".to_owned())]);
    assert_eq!(api.send(json("PATCH", "/api/v1/tasks/7", r#"{"priority": 1}"#)).await.status.as_u16(), 200);
    let cleared = api.send(json("PATCH", "/api/v1/tasks/7", r#"{"title": null}"#)).await;
    assert_eq!(cleared.faults(), [("/title".to_owned(), "required".to_owned())]);
}

#[actix_web::test]
async fn a_task_may_be_sent_back_as_it_was_read_with_one_field_changed() {
    let api = Api::new(holding());
    let mut body = api.send(request("GET", "/api/v1/tasks/7")).await.json();
    body["completed"] = json!(true);
    body.as_object_mut().unwrap().remove("status");
    for method in ["PUT", "PATCH"] {
        let answer = api.send(json(method, "/api/v1/tasks/7", &body.to_string())).await;
        assert_eq!(answer.json()["completed_at"], json!(noon()), "{}", answer.text);
    }
    for (field, value) in
        [("id", json!(8)), ("user_id", json!("bob")), ("version", json!("3")), ("created_at", json!(0))]
    {
        let mut altered = body.clone();
        altered[field] = value;
        let answer = api.send(json("PATCH", "/api/v1/tasks/7", &altered.to_string())).await;
        assert_eq!(answer.faults(), [(format!("/{field}"), "read_only".to_owned())]);
    }
}

#[actix_web::test]
async fn complete_needs_no_body() {
    let api = Api::new(holding());
    let bare = api.send(request("PATCH", "/api/v1/tasks/7/complete")).await;
    assert_eq!(bare.json()["status"], "completed");
    let reopened = api.send(json("PATCH", "/api/v1/tasks/7/complete", r#"{"completed": false}"#)).await;
    assert_eq!((reopened.json()["status"].as_str(), reopened.header("etag")), (Some("pending"), Some("\"3\"")));
    let wrong = api.send(json("PATCH", "/api/v1/tasks/7/complete", r#"{"complete": false}"#)).await;
    assert!(wrong.text.contains("did you mean `completed`?"));
}

#[actix_web::test]
async fn a_stale_if_match_is_412_with_the_present_version() {
    let mut store = holding();
    store.expect_delete().returning(|deletion, _| Ok(deletion.expected == Expected::OneOf(vec![Version::new(3)])));
    let api = Api::new(store);
    for (method, path, body) in WRITES {
        let stale = api.send(json(method, path, body).insert_header(("if-match", "\"2\""))).await;
        assert_eq!(stale.refusal(), (412, "version_mismatch".into()), "{method} {path}");
        assert_eq!(stale.json()["current_version"], 3);
        let malformed = api.send(json(method, path, body).insert_header(("if-match", "2"))).await;
        assert_eq!(malformed.refusal(), (400, "if_match_invalid".into()), "{method} {path}");
        let present = api.send(json(method, path, body).insert_header(("if-match", "\"3\""))).await;
        assert_eq!(present.status.as_u16(), 200, "{method} {path}");
    }
}

#[actix_web::test]
async fn a_deleted_task_is_named() {
    let mut store = MockTaskStore::new();
    store.expect_delete().once().returning(|_, _| Ok(true));
    let answer = Api::new(store).send(request("DELETE", "/api/v1/tasks/7")).await;
    assert_eq!(answer.json(), json!({"message": "Task deleted", "id": 7}));
}

#[actix_web::test]
async fn the_same_request_has_the_same_fingerprint_on_either_base() {
    let seen: Arc<Mutex<Vec<Attempt>>> = Arc::default();
    let mut store = MockTaskStore::new();
    let attempts = seen.clone();
    store.expect_create().returning(move |_, attempt| {
        attempts.lock().unwrap().push(attempt.cloned().unwrap());
        Ok(task(7, "ann"))
    });
    let api = Api::new(store);
    let send = async |path: &str, body: &str| {
        api.send(json("POST", path, body).insert_header(("idempotency-key", "k-1"))).await;
    };
    send("/api/v1/tasks", r#"{"title": "a"}"#).await;
    send("/api/tasks", r#"{"title": "a"}"#).await;
    send("/api/tasks", r#"{"title": "b"}"#).await;
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0], seen[1]);
    assert_ne!(seen[0].fingerprint, seen[2].fingerprint);
    assert_eq!((seen[0].key.as_str(), seen[0].caller.as_str()), ("k-1", "ann"));
}

#[actix_web::test]
async fn a_repeated_request_is_answered_as_before_and_marked() {
    let mut store = MockTaskStore::new();
    let first: Arc<Mutex<Option<Attempt>>> = Arc::default();
    let (writer, reader) = (first.clone(), first);
    store.expect_create().returning(move |_, attempt| {
        let mut first = writer.lock().unwrap();
        if first.is_some() {
            return Err(StoreError::Recorded);
        }
        *first = attempt.cloned();
        Ok(task(7, "ann"))
    });
    store.expect_recorded().returning(move |_| {
        let fingerprint = reader.lock().unwrap().as_ref().unwrap().fingerprint;
        Ok(Some(Recorded { fingerprint, outcome: TaskOutcome::Saved(task(7, "ann")) }))
    });
    let api = Api::new(store);
    let send = async |body: &str| {
        api.send(json("POST", "/api/v1/tasks", body).insert_header(("idempotency-key", "\"k-1\""))).await
    };
    let (once, twice) = (send(r#"{"title": "a"}"#).await, send(r#"{"title": "a"}"#).await);
    assert_eq!((once.status, &once.text), (twice.status, &twice.text));
    assert_eq!(once.header("idempotency-replayed"), None);
    assert_eq!(twice.header("idempotency-replayed"), Some("true"));
    assert_eq!(send(r#"{"title": "b"}"#).await.refusal(), (422, "idempotency_key_reused".into()));
}

#[actix_web::test]
async fn a_request_that_is_still_running_elsewhere_is_409() {
    let mut store = MockTaskStore::new();
    store.expect_create().returning(|_, _| Err(StoreError::InFlight));
    let request = json("POST", "/api/v1/tasks", r#"{"title": "a"}"#).insert_header(("idempotency-key", "k"));
    let answer = Api::new(store).send(request).await;
    assert_eq!(answer.refusal(), (409, "idempotency_in_flight".into()));
    assert!(answer.header("retry-after").is_some());
}

#[actix_web::test]
async fn a_malformed_idempotency_key_is_400() {
    for key in ["", "a b", &"k".repeat(256)] {
        let request = json("POST", "/api/v1/tasks", r#"{"title": "a"}"#).insert_header(("idempotency-key", key));
        assert_eq!(Api::untouched().send(request).await.refusal(), (400, "idempotency_key_invalid".into()), "{key}");
    }
}

#[actix_web::test]
async fn null_clears_every_optional_field() {
    let mut store = MockTaskStore::new();
    let full = || Task {
        description: hexado_domain::task::Description::parse("d").ok(),
        category: hexado_domain::task::Category::parse("c").ok(),
        priority: hexado_domain::task::Priority::from_number(1),
        due_at: hexado_domain::task::DueAt::parse("2026-12-01T00:00:00Z").ok(),
        ..task(task_id(7).get(), "ann")
    };
    assert_eq!(Patch::Clear.apply(full().category), None);
    store.expect_find_for_write().returning(move |_, _, _| Ok(target(full())));
    store.expect_update().returning(|change, _| Ok(change.task.clone()));
    let body = r#"{"description": null, "category": null, "priority": null, "due_at": null}"#;
    let task = Api::new(store).send(json("PATCH", "/api/v1/tasks/7", body)).await.json();
    for field in ["description", "category", "priority", "due_at"] {
        assert_eq!(task[field], json!(null), "{field}");
    }
}
