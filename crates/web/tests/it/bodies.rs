use actix_web::test::TestRequest;
use hexado_domain::task::{MockTaskStore, Priority, TaskCreation};
use hexado_domain::testing::fixtures::{task, task_id};

use crate::support::{Answer, Api, json, request};

async fn post(body: &str) -> Answer {
    Api::untouched().send(json("POST", "/api/v1/tasks", body)).await
}

fn fault(pointer: &str, code: &str) -> Vec<(String, String)> {
    vec![(pointer.into(), code.into())]
}

/// A store that takes one task, which must be as `check` says.
fn taking(check: impl Fn(&TaskCreation) -> bool + Send + 'static) -> MockTaskStore {
    let mut store = MockTaskStore::new();
    store.expect_create().withf(move |creation, _| check(creation)).once().returning(|_, _| Ok(task(7, "ann")));
    store
}

#[actix_web::test]
async fn a_title_has_1_to_200_characters_and_no_control_characters() {
    let cases = [
        (r#"{"title": ""}"#.to_owned(), "blank"),
        (r#"{"title": " \u3000 "}"#.to_owned(), "blank"),
        (format!(r#"{{"title": "{}"}}"#, "a".repeat(201)), "too_long"),
        (r#"{"title": "a\u0000b"}"#.to_owned(), "control_character"),
        (r#"{"title": "a\u009bb"}"#.to_owned(), "control_character"),
        (r#"{"title": "a\nb"}"#.to_owned(), "control_character"),
        (r#"{"title": null}"#.to_owned(), "required"),
        ("{}".to_owned(), "required"),
    ];
    for (body, code) in cases {
        let answer = post(&body).await;
        assert_eq!(answer.refusal(), (422, "validation_failed".into()), "{body:.60}");
        assert_eq!(answer.faults(), fault("/title", code), "{body:.60}");
    }
}

#[actix_web::test]
async fn two_hundred_emoji_are_a_title() {
    let body = format!(r#"{{"title": "  {}"}}"#, "🦀".repeat(200));
    let api = Api::new(taking(|creation| creation.draft.title.as_str() == "🦀".repeat(200)));
    assert_eq!(api.send(json("POST", "/api/v1/tasks", &body)).await.status.as_u16(), 201);
}

#[actix_web::test]
async fn markup_is_kept_verbatim() {
    let api = Api::new(taking(|creation| creation.draft.title.as_str() == "<script>alert('x')</script>"));
    let body = r#"{"title": "<script>alert('x')</script>"}"#;
    assert_eq!(api.send(json("POST", "/api/v1/tasks", body)).await.status.as_u16(), 201);
}

#[actix_web::test]
async fn what_is_not_json_is_400() {
    let deep = format!(r#"{{"title": {}"#, "[".repeat(100_000));
    for body in ["", "{", "{\"title\": }", r#"{"title": "\ud800"}"#, r#"{"title": "a"} x"#, &deep] {
        assert_eq!(post(body).await.refusal(), (400, "json_invalid".into()), "{body:.40}");
    }
    let latin1 = request("POST", "/api/v1/tasks")
        .insert_header(("content-type", "application/json"))
        .set_payload(&b"{\"title\": \"\xe4\"}"[..]);
    assert_eq!(Api::untouched().send(latin1).await.refusal(), (400, "json_invalid".into()));
}

#[actix_web::test]
async fn a_body_of_the_wrong_shape_is_reported_alone() {
    let cases = [
        (r#"[]"#, "", "wrong_type"),
        (r#"{"title": 5}"#, "/title", "wrong_type"),
        (r#"{"title": "", "completed": "yes"}"#, "/completed", "wrong_type"),
        (r#"{"title": "", "titel": "a"}"#, "/titel", "unknown_field"),
        (r#"{"title": "a", "title": "b"}"#, "/title", "duplicate_field"),
        (r#"{"title": "a", "a/b~c": 1}"#, "/a~1b~0c", "unknown_field"),
        (r#"{"title": "a", "due_at": 5}"#, "/due_at", "wrong_type"),
    ];
    for (body, pointer, code) in cases {
        let answer = post(body).await;
        assert_eq!(answer.status.as_u16(), 422, "{body}");
        assert_eq!(answer.faults(), fault(pointer, code), "{body}");
    }
    assert!(post(r#"{"titel": "a"}"#).await.text.contains("did you mean `title`?"));
}

#[actix_web::test]
async fn all_invalid_fields_are_reported_at_once() {
    let body = r#"{"title": " ", "description": "a\u0000", "category": "", "priority": 4, "due_at": "tomorrow",
        "completed": true, "status": "pending", "id": 5}"#;
    let mut pointers: Vec<_> = post(body).await.faults();
    pointers.sort();
    let expected = [
        ("/category", "blank"),
        ("/description", "control_character"),
        ("/due_at", "not_a_time"),
        ("/id", "read_only"),
        ("/priority", "not_one_of"),
        ("/status", "contradiction"),
        ("/title", "blank"),
    ];
    assert_eq!(pointers, expected.map(|(pointer, code)| (pointer.to_owned(), code.to_owned())));
}

#[actix_web::test]
async fn priorities_and_states_have_several_spellings() {
    for (body, priority, completed) in [
        (r#"{"title": "a", "priority": 3, "completed": true}"#, Some(Priority::High), true),
        (r#"{"title": "a", "priority": "low", "status": "completed"}"#, Some(Priority::Low), true),
        (r#"{"title": "a", "priority": null, "status": false}"#, None, false),
        (r#"{"title": "a", "completed": true, "status": true}"#, None, true),
    ] {
        let api = Api::new(taking(move |creation| {
            creation.draft.priority == priority && creation.draft.completed == completed
        }));
        assert_eq!(api.send(json("POST", "/api/v1/tasks", body)).await.status.as_u16(), 201, "{body}");
    }
}

#[actix_web::test]
async fn read_only_fields_are_refused_in_a_new_task() {
    for field in ["id", "user_id", "version", "completed_at", "created_at", "updated_at"] {
        let answer = post(&format!(r#"{{"title": "a", "{field}": null}}"#)).await;
        assert_eq!(answer.faults(), fault(&format!("/{field}"), "read_only"));
    }
}

#[actix_web::test]
async fn a_form_creates_a_task_too() {
    let api = Api::new(taking(|creation| {
        let draft = &creation.draft;
        draft.title.as_str() == "Buy milk"
            && draft.priority == Some(Priority::High)
            && draft.completed
            && draft.category.is_none()
    }));
    let form = request("POST", "/api/tasks")
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload("title=Buy+milk&priority=3&completed=on&category=");
    assert_eq!(api.send(form).await.status.as_u16(), 201);

    for (body, code) in
        [("title=%ff", "form_invalid"), ("titel=a", "validation_failed"), ("title=a&title=b", "validation_failed")]
    {
        let form = request("POST", "/api/tasks")
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .set_payload(body);
        assert_eq!(Api::untouched().send(form).await.code(), code, "{body}");
    }
}

#[actix_web::test]
async fn other_content_types_are_415() {
    for content_type in ["text/plain", "application/xml", "multipart/form-data; boundary=x", ""] {
        let request = request("POST", "/api/v1/tasks").insert_header(("content-type", content_type)).set_payload("{}");
        assert_eq!(
            Api::untouched().send(request).await.refusal(),
            (415, "media_type_unsupported".into()),
            "{content_type}"
        );
    }
    let form = request("PUT", &format!("/api/v1/tasks/{}", task_id(7)))
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload("title=a");
    assert_eq!(Api::untouched().send(form).await.status.as_u16(), 415);
}

#[actix_web::test]
async fn no_body_is_read_of_whoever_is_not_known() {
    let request = TestRequest::post()
        .uri("/api/v1/tasks")
        .insert_header(("content-type", "application/json"))
        .set_payload("{broken");
    assert_eq!(Api::untouched().send(request).await.refusal(), (401, "not_authenticated".into()));
}
